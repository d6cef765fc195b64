"""The server's side of one socket, as ASGI tells it."""

import asyncio
from typing import Any

from starlette.types import Receive, Scope, Send

from {{cookiecutter.module_name}}.api.ws.uvicorn_protocol import END
from {{cookiecutter.module_name}}.schemas.encoded_message import Frame


class ClientGoneError(Exception):
    """The socket is closed; `code` says how."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Transport:
    """Frames in and out."""

    __slots__ = ("_end", "_ending", "_receive", "_send")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._end = scope.get("extensions", {}).get(END, {}).get("end")
        self._ending: asyncio.Task[None] | None = None

    async def accept(self, subprotocol: str | None = None) -> None:
        """To be called before anything else; raises ClientGoneError."""
        message = await self._receive()
        if message["type"] != "websocket.connect":
            raise ClientGoneError(message.get("code", 1006))
        await self._send(
            {
                "type": "websocket.accept",
                "subprotocol": subprotocol,
                "headers": [],
            }
        )

    async def receive(self) -> Frame:
        """The next frame; raises ClientGoneError."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            raise ClientGoneError(message.get("code", 1005))
        text: str | None = message.get("text")
        return message["bytes"] if text is None else text

    async def send(self, frame: Frame) -> None:
        """Waits while the client does not read; raises OSError."""
        message: dict[str, Any] = {"type": "websocket.send"}
        message["text" if isinstance(frame, str) else "bytes"] = frame
        await self._send(message)

    def end(self, code: int, reason: str = "") -> None:
        """Closes without waiting; `receive` then raises ClientGoneError."""
        if self._end is not None:
            self._end(int(code), reason)
        elif self._ending is None:
            # Another server than ours, such as a test client.
            self._ending = asyncio.ensure_future(self._close(code, reason))

    async def ended(self) -> None:
        """Returns when nothing is left to be sent."""
        if self._ending is not None:
            await self._ending

    async def _close(self, code: int, reason: str) -> None:
        await self._send(
            {"type": "websocket.close", "code": int(code), "reason": reason}
        )
