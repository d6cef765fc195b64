"""Logouts that this process knows of itself."""

import time
from collections.abc import Callable

import structlog

logger = structlog.get_logger(__name__)

MOST = 10_000

# Value and end by key, in the order of their time.
type _Held = dict[str, tuple[int, float]]


class HeldRevocations:
    """By key of Redis; they hold here whatever Redis says.

    A new one waits until it is written. What was written is kept for a
    while, too: it is written again when Redis has lost its data. Of each
    kind `most` are kept, for `seconds`.
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
        self._waiting: _Held = {}
        self._written: _Held = {}
        self._overflowing = False

    def __len__(self) -> int:
        return len(self._waiting) + len(self._written)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Keys that Redis does not have yet."""
        return tuple(self._waiting)

    def get(self, key: str) -> int | None:
        """The value; None when nothing is known."""
        held = self._waiting.get(key) or self._written.get(key)
        return held[0] if held is not None else None

    def put(self, key: str, value: int, *, waiting: bool) -> None:
        """Raises the value, never lowers it."""
        value = max(value, self.get(key) or value)
        waiting = waiting or key in self._waiting
        self._waiting.pop(key, None)
        self._written.pop(key, None)
        kind = self._waiting if waiting else self._written
        kind[key] = value, self._clock() + self._seconds
        if self._forget(kind) and waiting:
            self._tell_overflow()

    def written(self, key: str, value: int) -> None:
        """Redis has it; a higher value that came meanwhile still waits."""
        if key in self._waiting and self._waiting[key][0] == value:
            self._written[key] = self._waiting.pop(key)
            self._forget(self._written)
        if not self._waiting:
            self._overflowing = False

    def write_again(self) -> None:
        """Redis has lost all."""
        self._waiting = {**self._written, **self._waiting}
        self._written = {}

    def _forget(self, kind: _Held) -> bool:
        """What no token outlives, and the oldest of too many, which is
        said."""
        now = self._clock()
        while kind:
            key, (_, end) = next(iter(kind.items()))
            if end <= now:
                del kind[key]
            elif len(kind) > self._most:
                del kind[key]
                return True
            else:
                break
        return False

    def _tell_overflow(self) -> None:
        if not self._overflowing:
            self._overflowing = True
            logger.error("Logouts are lost: too many wait for Redis")
