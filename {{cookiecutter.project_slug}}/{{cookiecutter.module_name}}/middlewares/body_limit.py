"""Bounds request bodies, counted as they stream in."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from {{cookiecutter.module_name}}.middlewares.errors import on_http_exception


class BodyLimitMiddleware:
    """Refuses a body whose length is said to be beyond `limit` bytes.

    Whoever reads one that turns out to be longer gets a 413 to raise.
    Starlette's own limiter answers in plain text.
    """

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self.app = app
        self._limit = limit

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles HTTP; passes the rest on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._limit:
            reply = on_http_exception(
                Request(scope), self._too_large(_closing(headers))
            )
            await reply(scope, receive, send)
            return
        size = 0

        async def receive_some() -> Message:
            nonlocal size
            message = await receive()
            if message["type"] == "http.request":
                size += len(message.get("body", b""))
                if size > self._limit:
                    raise self._too_large()
            return message

        await self.app(scope, receive_some, send)

    def _too_large(
        self, headers: dict[str, str] | None = None
    ) -> HTTPException:
        detail = f"The body is larger than {self._limit} bytes."
        return HTTPException(413, detail, headers)


def _closing(headers: Headers) -> dict[str, str] | None:
    # Who waited for a 100 may keep the body, or send it all the same.
    waits = headers.get("expect", "").lower() == "100-continue"
    return {"Connection": "close"} if waits else None
