"""Many clients that go on asking while something happens to the service."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.ask import Ask, HttpKind, Kind, PackageKind
from tests.chaos.clients import SocketClient, ask_by_http

ASKS = 2000
# Of those, so many before the fault begins, and after it is over.
BEFORE = AFTER = 500
A_SECOND = 200
# Of each protocol.
CLIENTS = 8


@dataclass
class Load:
    """Kinds in turn; `asks` are all so far, in the order of their sending."""

    url: str
    token: str
    kinds: Sequence[Kind]
    asks: list[Ask[Any]] = field(default_factory=list)

    async def run(self, fault: Callable[[], Awaitable[None]]) -> None:
        """Returns when each ask has come to its end."""
        # Short, so that nothing is sent much later than it should be.
        http: asyncio.Queue[Ask[HttpKind]] = asyncio.Queue(CLIENTS)
        packages: asyncio.Queue[Ask[PackageKind]] = asyncio.Queue(CLIENTS)
        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(
                    ask_by_http(self.url, self.token, taken_from(http))
                )
                socket = SocketClient(self.url, self.token)
                group.create_task(socket.run(taken_from(packages)))
            await self._feed(http, packages, fault)

    async def _feed(
        self,
        http: asyncio.Queue[Ask[HttpKind]],
        packages: asyncio.Queue[Ask[PackageKind]],
        fault: Callable[[], Awaitable[None]],
    ) -> None:
        happening: asyncio.Future[None] | None = None
        kinds = itertools.cycle(self.kinds)
        for number in range(ASKS):
            if number == BEFORE:
                happening = asyncio.ensure_future(fault())
            if number == ASKS - AFTER and happening is not None:
                await happening
            kind = next(kinds)
            if isinstance(kind, HttpKind):
                await self._put(http, Ask(kind))
            elif isinstance(kind, PackageKind):
                await self._put(packages, Ask(kind))
            await asyncio.sleep(1 / A_SECOND)
        http.shutdown()
        packages.shutdown()

    async def _put[K: Kind](
        self, queue: asyncio.Queue[Ask[K]], ask: Ask[K]
    ) -> None:
        self.asks.append(ask)
        await queue.put(ask)


async def taken_from[T](queue: asyncio.Queue[T]) -> AsyncIterator[T]:
    """Until it is shut down and empty."""
    while True:
        try:
            item = await queue.get()
        except asyncio.QueueShutDown:
            return
        yield item
