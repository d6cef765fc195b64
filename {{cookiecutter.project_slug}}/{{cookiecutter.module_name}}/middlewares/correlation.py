"""A correlation id for every request, in and out."""

import re
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from {{cookiecutter.module_name}}.constants import CORRELATION_HEADER

# What a caller sends ends up in logs, so it is kept short and plain.
_STARTS = (
    "http.response.start",
    "websocket.accept",
    "websocket.http.response.start",
)
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


class CorrelationMiddleware:
    """Takes the caller's id when it is plain text, else makes a UUID.

    The id stands in `request.state.request_id`, in the logs as
    `request_id`, beside the `client_ip`, and in the reply.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles HTTP and WebSocket; passes the rest on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(CORRELATION_HEADER, "")
        request_id = (
            given if _ACCEPTABLE.fullmatch(given) else str(uuid.uuid4())
        )
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] in _STARTS:
                headers = MutableHeaders(scope=message)
                headers[CORRELATION_HEADER] = request_id
            await send(message)

        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            request_id=request_id, client_ip=(scope.get("client") or ("",))[0]
        )
        await self.app(scope, receive, send_with_id)
