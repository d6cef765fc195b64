"""The local issuer behind real HTTP, where Keycloak would be."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import uvicorn
from starlette.types import Receive, Scope, Send

from tests.issuer import REALM, Issuer
from tests.running_service import free_port

CERTS = f"/realms/{REALM}/protocol/openid-connect/certs"


class IssuerServer:
    """Publishes an issuer's keys; counts how often it is asked."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer
        self.fetches = 0
        # What to answer instead, and how long to think about it.
        self.failure: tuple[int, bytes] | None = None
        self.delay = 0.0

    def publish(self, keys: list[Any]) -> None:
        """These instead of the issuer's."""
        self.failure = (200, orjson.dumps({"keys": keys}))

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        self.fetches += scope["path"] == CERTS
        await asyncio.sleep(self.delay)
        status, body = self.failure or (200, orjson.dumps(self.issuer.jwks()))
        if scope["path"] != CERTS:
            status, body = self.failure or (404, b"{}")
        headers = [(b"content-type", b"application/json")]
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": headers,
            }
        )
        await send({"type": "http.response.body", "body": body})


@contextmanager
def serving[S: IssuerServer](
    server: S, port: int | None = None
) -> Iterator[S]:
    """Listens in a thread; the port, or a free one, is in the issuer's URL."""
    port = port or free_port()
    config = uvicorn.Config(
        server, host="127.0.0.1", port=port, lifespan="off", log_level="error"
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    server.issuer.base_url = f"http://127.0.0.1:{port}"
    try:
        while not running.started:
            if not thread.is_alive():
                raise RuntimeError("The issuer does not listen.")
            thread.join(0.01)
        yield server
    finally:
        running.should_exit = True
        thread.join()
