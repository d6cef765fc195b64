"""One message to many sockets, until the last of them has the last one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, override

from benchmarks.load.base import Target
from benchmarks.load.client_socket import ClientSocket, open_sockets
from benchmarks.measurement import Measurement

type Publish = Callable[[dict[str, Any]], Awaitable[None]]

_MESSAGE = {"type": "notice", "text": "x" * 100}
# What has not come so long after the last was sent is lost.
_GRACE_SECONDS = 10


class Deliveries:
    """Counts what all sockets got, and tells who waits for a number."""

    def __init__(self) -> None:
        self.count = 0
        self.last = 0.0
        self._wanted = 0
        self._reached = asyncio.Event()

    def add(self) -> None:
        """One message at one socket."""
        self.count += 1
        self.last = time.perf_counter()
        if self.count == self._wanted:
            self._reached.set()

    async def reach(self, count: int) -> None:
        """Returns when there were so many."""
        if self.count < count:
            self._wanted = count
            self._reached.clear()
            await self._reached.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """`publisher` sends to all; at most `window` messages are under way.

    The window is far below what a server may queue for a socket. The rate
    is that of deliveries; one that is missing is a failure.
    """

    publisher: Callable[[Target], AbstractAsyncContextManager[Publish]]
    sockets: int
    window: int = 16
    path: str = "/web"

    async def measure(self, target: Target) -> Measurement:
        """See `Load`; the logins are not timed."""
        deliveries = Deliveries()
        sockets = await open_sockets(
            target, self.path, self.sockets, partial(Listener, deliveries)
        )
        async with self.publisher(target) as publish:
            started = time.perf_counter()
            expected = await self._publish(target, publish, deliveries)
        for socket in sockets:
            socket.stop()
        if not deliveries.count:
            raise OSError("No delivery came.")
        return Measurement(
            rate=deliveries.count / (deliveries.last - started),
            failed=abs(expected - deliveries.count),
        )

    async def _publish(
        self, target: Target, publish: Publish, deliveries: Deliveries
    ) -> int:
        """The number of deliveries that should have been."""
        expected = 0
        end = time.perf_counter() + target.seconds
        try:
            async with asyncio.timeout(target.seconds + _GRACE_SECONDS):
                while time.perf_counter() < end:
                    await publish(_MESSAGE)
                    expected += self.sockets
                    await deliveries.reach(
                        expected - self.window * self.sockets
                    )
                await deliveries.reach(expected)
        except TimeoutError:
            pass
        return expected


class Listener(ClientSocket):
    """Counts."""

    def __init__(self, deliveries: Deliveries) -> None:
        super().__init__()
        self._deliveries = deliveries

    @override
    def received(self, text: bytes) -> None:
        self._deliveries.add()
