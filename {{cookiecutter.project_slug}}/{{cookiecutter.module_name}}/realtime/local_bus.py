"""A bus within one process."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from {{cookiecutter.module_name}}.protocols import Callback

logger = structlog.get_logger(__name__)


class LocalBus:
    """Calls subscribers in the order they came; one that fails is logged."""

    def __init__(self) -> None:
        self._callbacks: dict[str, list[Callback]] = defaultdict(list)
        self._closed = False

    async def publish(self, channel: str, data: Any) -> None:
        """Returns after every subscriber has seen the message."""
        self._refuse_if_closed()
        for callback in tuple(self._callbacks.get(channel, ())):
            try:
                await callback(data)
            except Exception:
                logger.exception("A subscriber failed", channel=channel)

    async def subscribe(
        self, channel: str, callback: Callback
    ) -> Callable[[], Awaitable[None]]:
        """The returned function may be called more than once."""
        self._refuse_if_closed()
        self._callbacks[channel].append(callback)

        async def unsubscribe() -> None:
            if callback in self._callbacks.get(channel, ()):
                self._callbacks[channel].remove(callback)

        return unsubscribe

    async def close(self) -> None:
        """Forgets all subscribers."""
        self._closed = True
        self._callbacks.clear()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("The bus is closed.")
