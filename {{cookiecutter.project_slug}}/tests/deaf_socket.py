"""A WebSocket client that takes in as little as the kernel lets it."""

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from tests.raw_socket import RawSocket, frame, handshake

BUFFER_BYTES = 4096
# Reading stops at twice this; the reply to a handshake is shorter.
_LIMIT = 1024


def request(package: int, data: dict[str, Any] | None = None) -> bytes:
    """A frame."""
    message = {"pkg_id": package, "req_id": str(uuid.uuid4())}
    return frame(json.dumps({**message, "data": data or {}}))


@asynccontextmanager
async def deaf_socket(
    url: str, token: str | None = None
) -> AsyncIterator[RawSocket]:
    """Open; what is not asked for stays with the service."""
    address = urlsplit(url)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    sock.connect((address.hostname, address.port))
    sock.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=sock, limit=_LIMIT)
    raw = RawSocket(reader, writer)
    try:
        login = [f"Authorization: Bearer {token}"] if token else []
        await raw.send(handshake(*login))
        status, _, _ = await raw.head()
        assert status == 101
        yield raw
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()
