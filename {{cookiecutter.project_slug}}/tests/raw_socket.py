"""A WebSocket client that may break every rule of the protocol."""

import asyncio
import base64
import json
import os
import struct
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 20
# So long without progress means that the service does not read.
STUCK_SECONDS = 1.0
# Nobody takes that much without reading it.
MOST_BYTES = 64 * 1024 * 1024
CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


@dataclass(frozen=True)
class RawFrame:
    """One frame as it came."""

    opcode: int
    payload: bytes

    @property
    def json(self) -> Any:
        """Of a text frame."""
        return json.loads(self.payload)

    @property
    def close_code(self) -> int:
        """Of a close frame."""
        code: int = struct.unpack("!H", self.payload[:2])[0]
        return code


def frame(
    payload: bytes | str,
    opcode: int = TEXT,
    *,
    fin: bool = True,
    mask: bool = True,
    length: int | None = None,
) -> bytes:
    """`length` is the one that is declared, whatever is sent."""
    body = payload.encode() if isinstance(payload, str) else payload
    size = len(body) if length is None else length
    head = bytes([opcode | (0x80 if fin else 0)])
    masked = 0x80 if mask else 0
    if size < 126:
        head += bytes([masked | size])
    elif size < 2**16:
        head += struct.pack("!BH", masked | 126, size)
    else:
        head += struct.pack("!BQ", masked | 127, size)
    if not mask:
        return head + body
    # A mask of zeros changes nothing, and is one.
    return head + bytes(4) + body


class RawSocket:
    """Bytes out, frames in."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Waits while the service does not read."""
        self.writer.write(data)
        await self.writer.drain()

    async def push(self, pieces: Iterable[bytes]) -> int:
        """Sends until the service does not read, or hangs up.

        Returns how many pieces were begun; AssertionError when it takes all.
        """
        size = 0
        for count, piece in enumerate(pieces, 1):
            try:
                async with asyncio.timeout(STUCK_SECONDS):
                    await self.send(piece)
            except (TimeoutError, ConnectionError):
                return count
            size += len(piece)
            assert size < MOST_BYTES, "The service reads without end."
        return count

    async def read(self) -> RawFrame | None:
        """The next frame; None when the service has hung up."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                first, second = await self.reader.readexactly(2)
                size = second & 0x7F
                if size == 126:
                    size = int.from_bytes(await self.reader.readexactly(2))
                elif size == 127:
                    size = int.from_bytes(await self.reader.readexactly(8))
                payload = await self.reader.readexactly(size)
            except (asyncio.IncompleteReadError, ConnectionError):
                return None
            return RawFrame(first & 0x0F, payload)

    async def next(self, opcode: int) -> RawFrame | None:
        """The next frame of that kind; None when there is none."""
        while (found := await self.read()) is not None:
            if found.opcode == opcode:
                return found
        return None

    async def close_code(self) -> int | None:
        """Reads on; None when the service hangs up without a word."""
        found = await self.next(CLOSE)
        return found.close_code if found is not None else None

    async def head(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an HTTP reply."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            text = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            lines = text.split("\r\n")
            pairs = (line.split(": ", 1) for line in lines[1:] if line)
            headers = {name.lower(): value for name, value in pairs}
            size = int(headers.get("content-length", 0))
            body = await self.reader.readexactly(size)
            return int(lines[0].split()[1]), headers, body


def handshake(*lines: str, path: str = "/web") -> bytes:
    """A correct request to upgrade, and `lines` besides."""
    key = base64.b64encode(os.urandom(16)).decode()
    head = (
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        *lines,
    )
    return "\r\n".join((*head, "", "")).encode("latin-1")


@asynccontextmanager
async def raw_connection(url: str) -> AsyncIterator[RawSocket]:
    """Nothing is sent yet."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(
        address.hostname, address.port
    )
    try:
        yield RawSocket(reader, writer)
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def raw_socket(url: str, token: str) -> AsyncIterator[RawSocket]:
    """Open and logged in."""
    async with raw_connection(url) as raw:
        await raw.send(handshake(f"Authorization: Bearer {token}"))
        status, _, _ = await raw.head()
        assert status == 101
        yield raw
