"""The requests of one socket that have no reply yet."""

import asyncio
from collections import deque

from {{cookiecutter.module_name}}.api.ws.exchange import Exchange
from {{cookiecutter.module_name}}.exceptions import ServiceError

# For what a client left behind; longer only where a handler does not stop.
_END_SECONDS = 2.0


class InFlight:
    """Bounded; a request leaves when its reply is on its way."""

    __slots__ = ("_ending", "_exchanges", "_limit", "_waiting")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._exchanges: dict[str, Exchange] = {}
        self._ending: list[asyncio.Task[None]] = []
        self._waiting: deque[asyncio.Future[None]] = deque()

    def __len__(self) -> int:
        return len(self._exchanges)

    def __contains__(self, req_id: str) -> bool:
        return req_id in self._exchanges

    def add(self, req_id: str, exchange: Exchange) -> None:
        """To be called after `room`."""
        self._exchanges[req_id] = exchange

    def remove(self, req_id: str) -> None:
        """The reply is on its way."""
        self._exchanges.pop(req_id, None)
        self._wake()

    async def room(self) -> None:
        """Returns when there are fewer than the limit."""
        while len(self._exchanges) >= self._limit:
            await self._change()

    async def empty(self) -> None:
        """Returns when all are answered."""
        while self._exchanges:
            await self._change()

    def stop(self, req_id: str) -> None:
        """The client took it back; unknown ones have their reply."""
        if (exchange := self._exchanges.get(req_id)) is not None:
            exchange.stop()

    def stop_all(self, reason: ServiceError) -> None:
        """Each gets its reply."""
        for exchange in tuple(self._exchanges.values()):
            exchange.stop(reason)

    def abandon(self) -> None:
        """The client is gone; nobody waits for replies any more."""
        tasks = [e.abandon() for e in self._exchanges.values()]
        self._ending.extend(task for task in tasks if task is not None)
        self._exchanges.clear()
        self._wake()

    async def ended(self) -> None:
        """Returns when what was abandoned has cleaned up, or will not."""
        if self._ending:
            await asyncio.wait(self._ending, timeout=_END_SECONDS)

    async def _change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        await waiter

    def _wake(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
