"""How much time is left."""

import time


class Deadline:
    """Starts to run when it is made."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self, *, reserve: float = 0.0) -> float:
        """Seconds, never negative; `reserve` are kept for what follows."""
        return max(0.0, self._end - reserve - time.monotonic())
