"""Stops asking a part that fails, and tries again one call at a time."""

import time
from collections.abc import Awaitable, Callable
from enum import IntEnum

import structlog

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    BreakerMetrics,
)

logger = structlog.get_logger(__name__)


class State(IntEnum):
    """As the metric tells it."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class CircuitBreaker:
    """Opens after so many `failures` in a row, for `pause` seconds.

    Then one call may try; the others are refused until it has succeeded.
    `trips` are the errors that mean that the part is down; any other answer
    shows that it is there. What becomes of calls from before the breaker
    opened says nothing any more.
    """

    def __init__(
        self,
        name: str,
        metrics: BreakerMetrics,
        *,
        trips: tuple[type[Exception], ...],
        failures: int = 5,
        pause: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.state = State.CLOSED
        self._metrics = metrics
        self._trips = trips
        self._most = failures
        self._pause = pause
        self._clock = clock
        self._failures = 0
        self._opened = 0.0
        # Grows whenever the state changes; each call belongs to one.
        self._era = 0
        self._metrics.state.labels(name).set(State.CLOSED)
        # So that rates have a zero to start from.
        self._metrics.failures.labels(name)
        self._metrics.refused.labels(name)

    @property
    def refusing(self) -> bool:
        """Whether a call would not be made now."""
        if self.state is State.OPEN:
            return self._clock() - self._opened < self._pause
        return self.state is State.HALF_OPEN

    async def call[T](self, work: Callable[[], Awaitable[T]]) -> T:
        """Raises UnavailableError without calling, or what `work` raises."""
        era = self._admit()
        try:
            answer = await work()
        except self._trips:
            self._failed(era)
            raise
        except Exception:
            self._answered(era)
            raise
        except BaseException:
            self._given_up(era)
            raise
        self._answered(era)
        return answer

    def _admit(self) -> int:
        if self.refusing:
            self._metrics.refused.labels(self.name).inc()
            raise UnavailableError(f"{self.name} does not answer.")
        if self.state is State.OPEN:
            self._become(State.HALF_OPEN)
        return self._era

    def _failed(self, era: int) -> None:
        self._metrics.failures.labels(self.name).inc()
        if era != self._era:
            return
        self._failures += 1
        if self.state is State.HALF_OPEN:
            self._open()
        elif self._failures >= self._most:
            logger.warning("Circuit breaker opens", service=self.name)
            self._open()

    def _answered(self, era: int) -> None:
        if era != self._era:
            return
        self._failures = 0
        if self.state is State.HALF_OPEN:
            logger.info("Circuit breaker closes", service=self.name)
            self._become(State.CLOSED)

    def _given_up(self, era: int) -> None:
        """Cancelled: nobody knows. The next call may try instead."""
        if era == self._era and self.state is State.HALF_OPEN:
            self._become(State.OPEN)

    def _open(self) -> None:
        self._opened = self._clock()
        self._become(State.OPEN)

    def _become(self, state: State) -> None:
        self.state = state
        self._era += 1
        self._metrics.state.labels(self.name).set(state)
