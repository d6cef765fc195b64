"""SIGTERM and Ctrl-C for a process that waits for others."""

import signal
import socket
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Self

NUMBERS = (signal.SIGTERM, signal.SIGINT)


class StopSignals:
    """Takes them within the block; `reader` wakes whoever waits for it."""

    def __init__(self) -> None:
        self.reader, self._writer = socket.socketpair()
        self.received: list[int] = []

    @property
    def forced(self) -> bool:
        """Ctrl-C was pressed again."""
        return len(self.received) > 1 and self.received[-1] == signal.SIGINT

    def __enter__(self) -> Self:
        for end in (self.reader, self._writer):
            end.setblocking(False)
        self._wakeup = signal.set_wakeup_fd(
            self._writer.fileno(), warn_on_full_buffer=False
        )
        self._handlers = {
            number: signal.signal(number, self._note) for number in NUMBERS
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        self.reader.close()
        self._writer.close()

    def clear(self) -> None:
        """So that the next wait is for the next signal."""
        with suppress(BlockingIOError):
            while self.reader.recv(64):
                pass

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.received.append(number)
