"""`python -m benchmarks.generator …`: keeps connections busy, prints JSON.

One request at a time on each connection, the next when the reply is in.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import cast, override

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Times in milliseconds."""

    rate: float
    p50: float
    p99: float
    failed: int


class Connection(asyncio.Protocol):
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


async def measure(
    port: int, request: bytes, connections: int, seconds: float
) -> Measurement:
    """Raises OSError when nobody listens."""
    loop = asyncio.get_running_loop()
    ends = [loop.create_future() for _ in range(connections)]
    started = time.perf_counter()
    made = [
        (
            await loop.create_connection(
                partial(Connection, request, end), "127.0.0.1", port
            )
        )[1]
        for end in ends
    ]
    await asyncio.wait(
        ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
    )
    elapsed = time.perf_counter() - started
    broken = sum(end.done() for end in ends)
    for connection in made:
        connection.stop()
    times = sorted(t for connection in made for t in connection.times)
    if not times:
        raise OSError("No reply came.")
    return Measurement(
        rate=len(times) / elapsed,
        p50=times[len(times) // 2] * 1000,
        p99=times[len(times) * 99 // 100] * 1000,
        failed=broken + sum(connection.failed for connection in made),
    )


def main() -> None:
    """The token comes by standard input: arguments can be seen by others."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    wanted = parser.parse_args()
    token = sys.stdin.read().strip()
    lines = [f"GET {wanted.path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    request = "\r\n".join([*lines, "", ""]).encode()
    found = uvloop.run(
        measure(wanted.port, request, wanted.connections, wanted.seconds)
    )
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
