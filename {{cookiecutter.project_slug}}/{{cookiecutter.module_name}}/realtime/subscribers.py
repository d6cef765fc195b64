"""Who wants the messages of which channel."""

import asyncio
from typing import Any

import structlog

from {{cookiecutter.module_name}}.protocols import Callback

logger = structlog.get_logger(__name__)


class Subscribers:
    """Callbacks by channel, each under a key of its own."""

    def __init__(self) -> None:
        self._by_channel: dict[str, dict[object, Callback]] = {}

    def __contains__(self, channel: str) -> bool:
        return channel in self._by_channel

    def add(self, channel: str, callback: Callback) -> object:
        """Returns the key with which to remove it."""
        key = object()
        self._by_channel.setdefault(channel, {})[key] = callback
        return key

    def remove(self, channel: str, key: object) -> bool:
        """Whether it was there and the last one of its channel."""
        found = self._by_channel.get(channel, {})
        if found.pop(key, None) is None or found:
            return False
        del self._by_channel[channel]
        return True

    def clear(self) -> None:
        """Forgets all."""
        self._by_channel.clear()

    async def deliver(self, channel: str, data: Any) -> None:
        """Calls back in order; one that fails is logged."""
        for key, callback in tuple(self._by_channel.get(channel, {}).items()):
            # An earlier one may have removed it.
            if key in self._by_channel.get(channel, {}):
                await _call(callback, channel, data)


async def _call(callback: Callback, channel: str, data: Any) -> None:
    try:
        await callback(data)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # It waited for something that was cancelled, which is its own affair.
        logger.warning("A subscriber was cancelled", channel=channel)
    except Exception:
        logger.exception("A subscriber failed", channel=channel)
