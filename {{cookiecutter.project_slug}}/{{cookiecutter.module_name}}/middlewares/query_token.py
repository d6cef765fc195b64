"""Takes a token out of a handshake's query, before anybody logs it."""

from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

_NAME = "authorization"


class QueryTokenMiddleware:
    """Moves `?Authorization=Bearer …` of a WebSocket into its headers.

    A browser cannot set headers on a handshake. The scope itself is changed:
    the server logs its query. Where it is not `allowed`, the token is only
    removed; a header that is there wins.
    """

    def __init__(self, app: ASGIApp, *, allowed: bool) -> None:
        self.app = app
        self._allowed = allowed

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles WebSocket; passes the rest on."""
        if scope["type"] == "websocket" and scope["query_string"]:
            self._move(scope)
        await self.app(scope, receive, send)

    def _move(self, scope: Scope) -> None:
        query = parse_qsl(
            scope["query_string"].decode("latin-1"), keep_blank_values=True
        )
        tokens = [value for name, value in query if name.lower() == _NAME]
        if not tokens:
            return
        rest = [(n, value) for n, value in query if n.lower() != _NAME]
        scope["query_string"] = urlencode(rest).encode()
        names = {name.lower() for name, _ in scope["headers"]}
        if self._allowed and _NAME.encode() not in names:
            value = tokens[0].encode("latin-1", "replace")
            scope["headers"] = [*scope["headers"], (_NAME.encode(), value)]
