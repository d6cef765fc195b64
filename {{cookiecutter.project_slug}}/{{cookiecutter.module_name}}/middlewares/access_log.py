"""One line for each request, after its reply."""

import re
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = structlog.get_logger(__name__)


class AccessLogMiddleware:
    """Logs method, endpoint, status and milliseconds; not excluded paths."""

    def __init__(self, app: ASGIApp, *, excluded_paths: str) -> None:
        self.app = app
        self._excluded = re.compile(excluded_paths)

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles HTTP; passes the rest on."""
        if scope["type"] != "http" or self._excluded.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def remember_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        structlog.contextvars.bind_contextvars(
            endpoint=scope["path"], method=scope["method"]
        )
        try:
            await self.app(scope, receive, remember_status)
        finally:
            duration = round((time.perf_counter() - started) * 1000, 2)
            logger.info(
                "Request answered", status_code=status, duration_ms=duration
            )
