"""Every HTTP request, whoever refuses or answers it."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.extensions.audit.audited_request import (
    AuditedRequest,
)
from {{cookiecutter.module_name}}.extensions.audit.settings import AuditSettings


class AuditMiddleware:
    """Stands outside of what can refuse; not for EXCLUDED_PATHS."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles HTTP; passes the rest on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        context: AppContext = scope["app"].state.context
        # Patterns are compiled once, and remembered by `re`.
        excluded = context.settings.EXCLUDED_PATHS
        if not context.audit.enabled or re.fullmatch(excluded, scope["path"]):
            await self.app(scope, receive, send)
            return
        limit = context.settings_of(AuditSettings).AUDIT_MAX_DATA_BYTES
        request = AuditedRequest(context.audit, limit, scope, receive, send)
        await request.run(self.app)
