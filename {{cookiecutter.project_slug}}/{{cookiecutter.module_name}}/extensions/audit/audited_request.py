"""One HTTP request, kept before its reply leaves."""

import asyncio
import time
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from {{cookiecutter.module_name}}.auth import AuthenticatedUser
from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.extensions.audit.sent import SentData
from {{cookiecutter.module_name}}.middlewares.errors import problem
from {{cookiecutter.module_name}}.protocols import Audit, AuditAction
from {{cookiecutter.module_name}}.types import AuditOutcome

_LOGIN = "/auth/login"
_GONE = 499


class AuditedRequest:
    """Stands between the application and the server."""

    __slots__ = (
        "_action",
        "_audit",
        "_kept",
        "_receive",
        "_refused",
        "_scope",
        "_send",
        "_sent",
    )

    def __init__(
        self,
        audit: Audit,
        max_bytes: int,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        headers = Headers(scope=scope)
        self._audit = audit
        self._scope = scope
        self._receive = receive
        self._send = send
        self._kept = False
        self._refused = False
        self._sent = SentData(
            scope["query_string"], headers.get("content-type", ""), max_bytes
        )
        client = scope.get("client")
        self._action = AuditAction(
            action_type=scope["method"],
            resource=scope["path"],
            request_id=scope["state"]["request_id"],
            started=time.perf_counter(),
            ip_address=client[0] if client else None,
            user_agent=headers.get("user-agent"),
            complete=self._complete,
        )

    async def run(self, app: ASGIApp) -> None:
        """Raises what the application raises."""
        self._audit.begin(self._action)
        try:
            await app(self._scope, self._take, self._pass_on)
        except asyncio.CancelledError:
            await self._keep_failure(_GONE, "cancelled")
            raise
        except Exception as error:
            await self._keep_failure(500, type(error).__name__)
            raise
        # A stream whose client leaves before it begins just ends.
        await self._keep_failure(_GONE, "cancelled")

    async def _take(self) -> Message:
        message = await self._receive()
        self._sent.take(message)
        return message

    async def _pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._kept:
            status = message["status"]
            await self._keep(status, _reason(self._scope, status))
        if not self._refused:
            await self._send(message)

    async def _keep_failure(self, status: int, reason: str) -> None:
        """Unless a reply has begun; then it is kept already."""
        if self._kept:
            return
        await self._keep(status, reason)
        if self._refused:
            # The reply is out: whoever stands outside sends no other.
            self._scope["problem_sent"] = True

    async def _keep(self, status: int, reason: str | None) -> None:
        """Answers 503 in place of the application where it fails."""
        outcome = _outcome(status)
        try:
            await self._audit.end(self._action, outcome, status, reason)
            self._kept = True
        except UnavailableError as error:
            self._kept = self._refused = True
            reply = problem(
                Request(self._scope),
                status=error.status,
                title=error.title,
                code=error.code,
                detail=error.detail,
            )
            await reply(self._scope, self._receive, self._send)

    def _complete(self, action: AuditAction) -> None:
        caller = self._scope.get("user")
        if isinstance(caller, AuthenticatedUser):
            action.user = caller.user
        action.data = self._sent.read()
        if action.resource == _LOGIN:
            body = action.data.get("body")
            name = body.get("username") if isinstance(body, dict) else None
            action.username = name if isinstance(name, str) else None
        route = self._scope.get("route")
        action.success_status = getattr(route, "status_code", None) or 200


def _outcome(status: int) -> AuditOutcome:
    if status in (401, 403):
        return "permission_denied"
    return "error" if status >= 400 else "success"


def _reason(scope: Scope, status: int) -> str | None:
    """What the problem document says, else what the number means."""
    if status < 400:
        return None
    said: str | None = scope.get("problem")
    try:
        return said or HTTPStatus(status).phrase
    except ValueError:
        return None
