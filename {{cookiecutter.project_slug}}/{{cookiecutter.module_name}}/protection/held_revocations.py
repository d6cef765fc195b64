"""Logouts that this process knows of itself."""

import time
from collections.abc import Callable

import structlog

logger = structlog.get_logger(__name__)

MOST = 10_000


class HeldRevocations:
    """By key of Redis; they hold here whatever Redis says.

    A new one waits until it is written. What was written is kept for a
    while, too: it is written again when Redis has lost its data.
    """

    def __init__(
        self,
        seconds: float,
        most: int = MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        # Both in the order of their time.
        self._values: dict[str, tuple[int, float]] = {}
        self._waiting: dict[str, None] = {}
        self._overflowing = False

    def __len__(self) -> int:
        return len(self._values)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Keys that Redis does not have yet."""
        return tuple(self._waiting)

    def get(self, key: str) -> int | None:
        """The value; None when nothing is known."""
        held = self._values.get(key)
        return held[0] if held is not None else None

    def put(self, key: str, value: int, *, waiting: bool) -> None:
        """Raises the value, never lowers it."""
        value = max(value, self.get(key) or value)
        self._values.pop(key, None)
        self._values[key] = value, self._clock() + self._seconds
        if waiting:
            self._waiting[key] = None
        self._forget()

    def written(self, key: str, value: int) -> None:
        """Redis has it; a higher value that came meanwhile still waits."""
        if self.get(key) == value:
            self._waiting.pop(key, None)
        if not self._waiting:
            self._overflowing = False

    def write_again(self) -> None:
        """Redis has lost all."""
        self._waiting.update(dict.fromkeys(self._values))

    def _forget(self) -> None:
        """Those that no token outlives, and the oldest of too many."""
        now = self._clock()
        while self._values:
            key, (_, end) = next(iter(self._values.items()))
            if end > now and len(self._values) <= self._most:
                return
            del self._values[key]
            if key in self._waiting:
                del self._waiting[key]
                self._tell_overflow()

    def _tell_overflow(self) -> None:
        if not self._overflowing:
            self._overflowing = True
            logger.error("Logouts are lost: too many wait for Redis")
