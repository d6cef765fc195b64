"""Answers only under the names of this service."""

import re
from collections.abc import Collection
from typing import Final

from starlette._utils import parse_host_header
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from {{cookiecutter.module_name}}.middlewares.errors import problem
from {{cookiecutter.module_name}}.observability.metrics import Metrics

# Probes and scrapers come by address.
_UNDER_ANY_NAME: Final = re.compile(r"/health(/.*)?|/metrics")


class TrustedHostMiddleware:
    """Refuses a `Host` that is not `allowed`, an attack by DNS or a mistake.

    Names, `*.example.com` for all below one, or `*`, by Starlette's rules;
    Starlette's own middleware answers in plain text.
    """

    def __init__(
        self, app: ASGIApp, *, allowed: Collection[str], metrics: Metrics
    ) -> None:
        self.app = app
        self._any = "*" in allowed
        self._names = frozenset(n for n in allowed if not n.startswith("*"))
        self._ends = tuple(n[1:] for n in allowed if n.startswith("*."))
        self._metrics = metrics

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles HTTP and WebSocket; passes the rest on."""
        if (
            self._any
            or scope["type"] not in ("http", "websocket")
            or self._free(scope)
            or self._is_ours(Headers(scope=scope).getlist("host"))
        ):
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            sockets = self._metrics.websocket.connections
            sockets.labels("rejected_host").inc()
        reply = problem(
            HTTPConnection(scope),
            status=400,
            title="Bad Request",
            code="invalid_host",
            detail="This service does not answer under that name.",
        )
        await reply(scope, receive, send)

    def _free(self, scope: Scope) -> bool:
        found = _UNDER_ANY_NAME.fullmatch(scope["path"])
        return scope["type"] == "http" and found is not None

    def _is_ours(self, hosts: list[str]) -> bool:
        parsed = parse_host_header(hosts[0]) if len(hosts) == 1 else None
        if parsed is None:
            return False
        name = parsed.host.lower()
        return name in self._names or name.endswith(self._ends)
