"""A bus within one process."""

import asyncio
import contextvars
from collections import deque
from typing import Any

import orjson

from {{cookiecutter.module_name}}.protocols import Callback
from {{cookiecutter.module_name}}.realtime.base import BaseBus, Unsubscribe
from {{cookiecutter.module_name}}.realtime.subscribers import Subscribers


class LocalBus(BaseBus):
    """Delivers in the order of publishing, one message at a time."""

    def __init__(self) -> None:
        self._subscribers = Subscribers()
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._delivery: asyncio.Task[None] | None = None
        self._closed = False

    async def publish(self, channel: str, data: Any) -> None:
        """Returns after all have seen it, or at once during a delivery.

        So a callback may publish: its message comes after the current one.
        """
        self._refuse_if_closed()
        self._waiting.append((channel, orjson.dumps(data)))
        if self._delivery is None or self._delivery.done():
            # Not as a part of the publisher, who may be cancelled.
            self._delivery = asyncio.create_task(
                self._deliver(), context=contextvars.Context()
            )
            await asyncio.wait([self._delivery])

    async def subscribe(self, channel: str, callback: Callback) -> Unsubscribe:
        """The returned function may be called more than once."""
        self._refuse_if_closed()
        key = self._subscribers.add(channel, callback)

        async def unsubscribe() -> None:
            self._subscribers.remove(channel, key)

        return unsubscribe

    async def ping(self) -> None:
        """Always well until it is closed."""
        self._refuse_if_closed()

    async def close(self) -> None:
        """Forgets subscribers and messages that wait."""
        self._closed = True
        self._waiting.clear()
        self._subscribers.clear()
        delivery = self._delivery
        if delivery is not None and delivery is not asyncio.current_task():
            delivery.cancel()
            await asyncio.wait([delivery])

    async def _deliver(self) -> None:
        while self._waiting:
            channel, message = self._waiting.popleft()
            await self._subscribers.deliver(channel, orjson.loads(message))

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("The bus is closed.")
