"""Clients that ask one thing after another, and take what comes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx2
from websockets.exceptions import WebSocketException
from websockets.protocol import State

from {{cookiecutter.module_name}}.constants import CORRELATION_HEADER

from tests.chaos.ask import Ask, HttpKind, PackageKind, Result
from tests.ws_client import Json, WebSocketClient, connect

# More than anything that is frozen stays so.
PATIENCE_SECONDS = 40
_UNAVAILABLE = ("unavailable", "timeout", "cancelled")


async def ask_by_http(
    url: str, token: str, asks: AsyncIterator[Ask[HttpKind]]
) -> None:
    """On one connection, and a new one when that is lost."""
    async with httpx2.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE_SECONDS,
    ) as client:
        async for ask in asks:
            await _request(client, ask)


async def _request(client: httpx2.AsyncClient, ask: Ask[HttpKind]) -> None:
    try:
        reply = await client.request(
            ask.kind.method,
            ask.kind.path,
            json=ask.data if ask.kind.creates else None,
            headers={CORRELATION_HEADER: ask.id},
        )
    except httpx2.ConnectError as error:
        ask.end(Result.REFUSED, repr(error))
    except httpx2.TransportError as error:
        ask.end(Result.UNKNOWN, repr(error))
    else:
        if reply.is_success:
            ask.end(Result.ACKNOWLEDGED)
        elif reply.status_code == httpx2.codes.SERVICE_UNAVAILABLE:
            ask.end(Result.REFUSED, reply.json()["detail"])
        else:
            ask.end(Result.WRONG, reply.text)


class SocketClient:
    """One socket, and a new one when that is lost."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        self._socket: WebSocketClient | None = None
        self._stack = AsyncExitStack()

    async def run(self, asks: AsyncIterator[Ask[PackageKind]]) -> None:
        """To the end of `asks`."""
        async with self._stack:
            async for ask in asks:
                await self._request(ask)

    async def _request(self, ask: Ask[PackageKind]) -> None:
        try:
            socket = await self._open()
        except (OSError, TimeoutError, WebSocketException) as error:
            ask.end(Result.REFUSED, repr(error))
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await socket.request(ask.kind.pkg_id, ask.data, ask.id)
                reply = await _reply(socket, ask.id)
        except (OSError, TimeoutError, WebSocketException) as error:
            ask.end(Result.UNKNOWN, repr(error))
            await self._leave()
        else:
            ask.end(*_judge(reply))

    async def _open(self) -> WebSocketClient:
        """As it is, unless it was closed."""
        if self._socket is not None:
            if self._socket.connection.state is State.OPEN:
                return self._socket
            await self._leave()
        self._socket = await self._stack.enter_async_context(
            connect(self._url, self._token)
        )
        return self._socket

    async def _leave(self) -> None:
        self._socket = None
        await self._stack.aclose()


async def _reply(socket: WebSocketClient, req_id: str) -> Json:
    """Waits longer than the socket's own does."""
    while True:
        frame: Json = json.loads(await socket.connection.recv())
        if frame.get("req_id") == req_id:
            return frame


def _judge(reply: Json) -> tuple[Result, str]:
    if reply["status_code"] == 0:
        return Result.ACKNOWLEDGED, ""
    if reply["data"]["code"] in _UNAVAILABLE:
        return Result.REFUSED, reply["data"]["msg"]
    return Result.WRONG, str(reply)
