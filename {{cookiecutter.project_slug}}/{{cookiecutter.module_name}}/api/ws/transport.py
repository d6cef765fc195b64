"""The server's side of one socket, as ASGI tells it."""

import asyncio
from typing import Any, Final, Protocol

from starlette.types import Receive, Scope, Send

from {{cookiecutter.module_name}}.schemas.frame import Frame

WIRE: Final = "websocket.wire"
# A client that was too slow may still read why it is closed.
LAST_READ_SECONDS: Final = 5.0
_NO_CLOSE_FRAME: Final = 1006


class Wire(Protocol):
    """What our server offers beyond ASGI, in the scope's extensions."""

    writable: asyncio.Event
    disconnected: bool

    def write(self, wire: bytes) -> None:
        """Sends a frame; drops it once the socket is closed."""

    def end(self, code: int, reason: str, last_read: float) -> None:
        """Closes without waiting; cuts off after `last_read` seconds."""


class ClientGoneError(Exception):
    """The socket is closed; `code` says how."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Transport:
    """Frames in and out; another server than ours serves too, slower."""

    __slots__ = (
        "_accepted",
        "_deferred_end",
        "_ending",
        "_receive",
        "_send",
        "_wire",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._wire: Wire | None = scope.get("extensions", {}).get(WIRE)
        self._accepted = False
        self._deferred_end: tuple[int, str, float] | None = None
        self._ending: asyncio.Task[None] | None = None

    async def accept(self, subprotocol: str | None = None) -> None:
        """Opens it, or closes it if `end` came first; once is enough.

        Raises ClientGoneError.
        """
        if self._accepted:
            return
        message = await self._receive()
        if message["type"] != "websocket.connect":
            raise ClientGoneError(message.get("code", _NO_CLOSE_FRAME))
        accept: dict[str, Any] = {
            "type": "websocket.accept",
            "subprotocol": subprotocol,
            "headers": [],
        }
        try:
            await self._send(accept)
        except OSError as error:
            raise ClientGoneError(_NO_CLOSE_FRAME) from error
        self._accepted = True
        if self._deferred_end is not None:
            self.end(*self._deferred_end)

    async def receive(self) -> str | bytes:
        """The next message; raises ClientGoneError."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            raise ClientGoneError(message.get("code", 1005))
        text: str | None = message.get("text")
        return message["bytes"] if text is None else text

    def try_send(self, frame: Frame) -> bool:
        """Sends it if the client reads; False when somebody has to wait."""
        if self._wire is None or not self._wire.writable.is_set():
            return False
        self._wire.write(frame.wire)
        return True

    async def send(self, frame: Frame) -> None:
        """Waits while the client does not read; raises OSError."""
        if self._wire is None:
            await self._send(_message(frame))
            return
        await self._wire.writable.wait()
        if self._wire.disconnected:
            raise ConnectionResetError
        self._wire.write(frame.wire)

    def end(
        self,
        code: int,
        reason: str = "",
        last_read: float = LAST_READ_SECONDS,
    ) -> None:
        """Closes without waiting; `receive` then raises ClientGoneError.

        A client that reads may do so for `last_read` seconds more. One that
        is not accepted is closed after that: a browser sees no code before.
        """
        if not self._accepted:
            if self._deferred_end is None:
                self._deferred_end = (code, reason, last_read)
        elif self._wire is not None:
            self._wire.end(int(code), reason, last_read)
        elif self._ending is None:
            self._ending = asyncio.ensure_future(self._close(code, reason))

    async def ended(self) -> None:
        """Returns when nothing is left to be sent."""
        if self._ending is not None:
            await self._ending

    async def _close(self, code: int, reason: str) -> None:
        await self._send(
            {"type": "websocket.close", "code": int(code), "reason": reason}
        )


def _message(frame: Frame) -> dict[str, Any]:
    message: dict[str, Any] = {"type": "websocket.send"}
    if frame.text:
        message["text"] = frame.payload.decode()
    else:
        message["bytes"] = frame.payload
    return message
