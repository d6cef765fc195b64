"""The client's end of a WebSocket, as cheap as it can be."""

import asyncio
from collections.abc import Callable
from typing import cast, override

from benchmarks.load.base import Target, request_head

_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)
# So many handshakes at a time: a server may cap those not logged in.
_OPENING = 40


class ClientSocket(asyncio.Protocol):
    """Understands whole frames of a server; `received` gets each text."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        self._rest = b""
        self._open = False
        self._transport: asyncio.Transport

    def received(self, text: bytes) -> None:
        """To be overridden."""

    def send(self, frame: bytes) -> None:
        """What `frame()` made."""
        self._transport.write(frame)

    def stop(self) -> None:
        """Leaves without a word."""
        self._transport.abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is none by inheritance.
        self._transport = cast("asyncio.Transport", transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(OSError("The handshake got no reply."))
        if not self.lost.done():
            self.lost.set_result(None)

    @override
    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        at = 0 if self._open else self._handshake(data)
        while self._open:
            start, end = _payload(data, at)
            if not start or end > len(data):
                break
            opcode = data[at] & 0x0F
            at = end
            if opcode == _TEXT:
                self.received(data[start:end])
            else:
                self._control(opcode, data[start:end])
        self._rest = data[at:]

    def _handshake(self, data: bytes) -> int:
        """Where the frames begin; 0 while the reply is not whole."""
        head, separator, _ = data.partition(b"\r\n\r\n")
        if not separator or self.opened.done():
            return 0
        status = head.partition(b"\r\n")[0].decode()
        if status.startswith("HTTP/1.1 101 "):
            self._open = True
            self.opened.set_result(None)
        else:
            self.opened.set_exception(OSError(f"No WebSocket: {status}"))
        return len(head) + len(separator)

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self.send(frame(payload, _PONG))
        elif opcode == _CLOSE:
            self._transport.close()


async def open_sockets[S: ClientSocket](
    target: Target, path: str, number: int, make: Callable[[], S]
) -> list[S]:
    """Opened and logged in; raises OSError when one is refused."""
    loop = asyncio.get_running_loop()
    head = request_head(target, path, *_UPGRADE)

    async def open_one() -> S:
        _, socket = await loop.create_connection(
            make, "127.0.0.1", target.port
        )
        socket.send(head)
        await socket.opened
        return socket

    found: list[S] = []
    while len(found) < number:
        batch = min(_OPENING, number - len(found))
        found += await asyncio.gather(*(open_one() for _ in range(batch)))
    return found


def frame(payload: bytes, opcode: int = _TEXT) -> bytes:
    """Masked with zeros, which is legal and leaves the payload as it is."""
    length = len(payload)
    if length < 126:
        head = bytes((0x80 | opcode, 0x80 | length))
    else:
        head = bytes((0x80 | opcode, 0x80 | 126)) + length.to_bytes(2)
    return head + bytes(4) + payload


def _payload(data: bytes, at: int) -> tuple[int, int]:
    """Start and end of the payload of the frame at `at`; 0, 0 is too soon."""
    if len(data) - at < 2:
        return 0, 0
    length, start = data[at + 1], at + 2
    if length >= 126:
        more = 2 if length == 126 else 8
        length = int.from_bytes(data[start : start + more])
        start += more
        if len(data) < start:
            return 0, 0
    return start, start + length
