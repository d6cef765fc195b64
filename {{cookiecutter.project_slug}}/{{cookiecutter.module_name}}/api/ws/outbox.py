"""What waits to be sent to one client, bounded."""

import asyncio
from collections import deque
from collections.abc import Callable

from {{cookiecutter.module_name}}.schemas.encoded_message import Frame

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
    )

    def __init__(self, max_messages: int, max_bytes: int) -> None:
        self._frames: deque[tuple[Frame, int, Sent | None]] = deque()
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._bytes = 0
        self._closed = False
        self._reader: asyncio.Future[None] | None = None
        self._room: deque[asyncio.Future[None]] = deque()

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: Frame, sent: Sent | None = None) -> None:
        """Raises OutboxFullError; `sent` is called when it is on its way.

        What is put after `close` is dropped, and counts as sent.
        """
        size = size_of(frame)
        if not self._fits(size):
            raise OutboxFullError
        self._append(frame, size, sent)

    async def put_when_room(self, frame: Frame, sent: Sent) -> None:
        """Waits for the client instead."""
        size = size_of(frame)
        while self._frames and not self._fits(size) and not self._closed:
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
            await self._reader
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
        return (
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


def size_of(frame: Frame) -> int:
    """In bytes, as they go over the wire."""
    if isinstance(frame, bytes) or frame.isascii():
        return len(frame)
    return len(frame.encode())


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
