"""Keycloak as far as an administrator's login goes, on a free port."""

import asyncio
from typing import Final
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive, Scope, Send

from tests.issuer_server import IssuerServer

ANN: Final = {"id": "1", "username": "ann", "enabled": True}


class AdminServer(IssuerServer):
    """Keycloak as far as a login goes; `reply` answers the rest."""

    def reset(self) -> None:
        """As a test wants to find it."""
        self.delay = 0.0
        self.reply = (200, orjson.dumps([ANN]))
        # What a login is answered, unless it is fine.
        self.refusal: tuple[int, bytes] | None = None
        self.logins: list[dict[str, list[str]]] = []
        self.raw_paths: list[str] = []
        # Changes when this Keycloak forgets its sessions.
        self.life = 1

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] != "http":
            return
        status, body = await self._answer(scope, receive)
        await asyncio.sleep(self.delay)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def _answer(
        self, scope: Scope, receive: Receive
    ) -> tuple[int, bytes]:
        if scope["path"].endswith("/token"):
            return self._token(parse_qs((await receive())["body"].decode()))
        self.raw_paths.append(scope["raw_path"].decode())
        known = f"Bearer token-{self.life}".encode()
        if (b"authorization", known) not in scope["headers"]:
            return 401, b'{"error": "HTTP 401 Unauthorized"}'
        return self.reply

    def _token(self, form: dict[str, list[str]]) -> tuple[int, bytes]:
        if self.refusal is not None:
            return self.refusal
        if form["grant_type"] == ["refresh_token"]:
            return 400, b'{"error": "invalid_grant"}'
        self.logins.append(form)
        return 200, orjson.dumps(
            {
                "access_token": f"token-{self.life}",
                "refresh_token": "token-refresh",
                "expires_in": 60,
            }
        )
