"""Keycloak as far as logins of users go, on a free port."""

import asyncio
from typing import Final

import orjson
from starlette.types import Receive, Scope, Send

from tests.issuer import Issuer
from tests.issuer_server import IssuerServer

PAIR: Final = {
    "access_token": "a",
    "refresh_token": "r",
    "token_type": "Bearer",
    "expires_in": 300,
    "refresh_expires_in": 1800,
}


class LoginServer(IssuerServer):
    """Publishes keys, too; `silent` holds its tongue until it is unset."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__(issuer)
        self.silent = False
        self.logins = 0
        self.login_reply = (200, orjson.dumps(PAIR))

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        login = scope["type"] == "http" and scope["path"].endswith("/token")
        self.logins += login
        while self.silent:
            await asyncio.sleep(0.01)
        if not login:
            await super().__call__(scope, receive, send)
            return
        status, body = self.login_reply
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": body})
