"""HTTP: one request at a time on each connection, again and again."""

import asyncio
import re
import time
from dataclasses import dataclass
from functools import partial
from typing import cast, override

from benchmarks.load.base import Target, request_head
from benchmarks.measurement import Measurement

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HttpRequests:
    """GET of `path`; another status than 200 is a failure."""

    path: str

    async def measure(self, target: Target) -> Measurement:
        """See `Load`."""
        loop = asyncio.get_running_loop()
        request = request_head(target, self.path)
        ends = [loop.create_future() for _ in range(target.connections)]
        started = time.perf_counter()
        made = [
            (
                await loop.create_connection(
                    partial(HttpConnection, request, end),
                    "127.0.0.1",
                    target.port,
                )
            )[1]
            for end in ends
        ]
        await asyncio.wait(
            ends, timeout=target.seconds, return_when=asyncio.FIRST_COMPLETED
        )
        elapsed = time.perf_counter() - started
        broken = sum(end.done() for end in ends)
        for connection in made:
            connection.stop()
        return Measurement.of_times(
            (t for connection in made for t in connection.times),
            elapsed,
            broken + sum(connection.failed for connection in made),
        )


class HttpConnection(asyncio.Protocol):
    """Asks again and again until told to stop."""

    def __init__(self, request: bytes, closed: asyncio.Future[None]) -> None:
        self.times: list[float] = []
        self.failed = 0
        self._request = request
        self._closed = closed
        self._received = b""
        self._sent = 0.0
        self._transport: asyncio.Transport

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is none by inheritance.
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    @override
    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return
        length = _LENGTH.search(head + b"\r\n")
        if length is None or len(body) < int(length[1]):
            return
        self.times.append(time.perf_counter() - self._sent)
        self.failed += not head.startswith(b"HTTP/1.1 200 ")
        self._received = b""
        self._ask()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self._closed.done():
            self._closed.set_result(None)

    def stop(self) -> None:
        """Leaves the last request without a reply."""
        self._transport.abort()

    def _ask(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._request)
