"""What waits to be sent to one client, bounded."""

import asyncio
from collections import deque
from collections.abc import Callable

from {{cookiecutter.module_name}}.schemas.frame import Frame

type Sent = Callable[[], None]


class OutboxFullError(Exception):
    """The client reads too slowly."""


class Outbox:
    """A queue with one reader, bounded by messages and by bytes."""

    __slots__ = (
        "_bytes",
        "_closed",
        "_frames",
        "_max_bytes",
        "_max_messages",
        "_reader",
        "_room",
        "_waits",
    )

    def __init__(self, max_messages: int, max_bytes: int) -> None:
        self._frames: deque[tuple[Frame, int, Sent | None]] = deque()
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._bytes = 0
        self._closed = False
        self._waits = False
        self._reader: asyncio.Future[None] | None = None
        self._room: deque[asyncio.Future[None]] = deque()

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def idle(self) -> bool:
        """Whether all that was put in has been sent."""
        return self._waits and not self._frames and not self._closed

    def put(self, frame: Frame) -> None:
        """Raises OutboxFullError; what comes after `close` is dropped."""
        size = len(frame)
        if not self._fits(size):
            raise OutboxFullError
        self._append(frame, size, None)

    async def put_when_room(self, frame: Frame, sent: Sent) -> None:
        """Waits for the client instead; calls `sent` when it is on its way.

        What comes after `close` is dropped, and counts as sent.
        """
        size = len(frame)
        while not (self._fits(size) or self._closed):
            waiter = asyncio.get_running_loop().create_future()
            self._room.append(waiter)
            await waiter
        self._append(frame, size, sent)

    async def get(self) -> tuple[Frame, Sent | None] | None:
        """The next one; None when it is closed and empty."""
        while not self._frames:
            if self._closed:
                return None
            self._reader = asyncio.get_running_loop().create_future()
            self._waits = True
            await self._reader
            self._waits = False
        frame, size, sent = self._frames.popleft()
        self._bytes -= size
        self._wake_room()
        return frame, sent

    def close(self) -> None:
        """Nothing more goes in; what is in still comes out."""
        self._closed = True
        _wake(self._reader)
        self._wake_room()

    def clear(self) -> None:
        """Drops what is in."""
        self._frames.clear()
        self._bytes = 0

    def _fits(self, size: int) -> bool:
        return not self._frames or (
            len(self._frames) < self._max_messages
            and self._bytes + size <= self._max_bytes
        )

    def _append(self, frame: Frame, size: int, sent: Sent | None) -> None:
        if self._closed:
            if sent is not None:
                sent()
            return
        self._frames.append((frame, size, sent))
        self._bytes += size
        _wake(self._reader)

    def _wake_room(self) -> None:
        while self._room:
            _wake(self._room.popleft())


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
