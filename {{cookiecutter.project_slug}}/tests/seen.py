"""What a subscriber has got, to be awaited."""

import asyncio
from typing import Any

# Only how long a broken bus keeps a test.
PATIENCE_SECONDS = 20


class Seen(list[Any]):
    """`seen.keep` is a callback; its messages become the list's items."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    async def keep(self, message: Any) -> None:
        """For `bus.subscribe`."""
        self.append(message)
        self._news.set()

    async def until(self, message: Any) -> None:
        """Returns when it has come; raises TimeoutError when it does not."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while message not in self:
                self._news.clear()
                await self._news.wait()
