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
    shows that it is there.
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
        self._metrics.state.labels(name).set(State.CLOSED)

    async def call[T](self, work: Callable[[], Awaitable[T]]) -> T:
        """Raises UnavailableError without calling, or what `work` raises."""
        probing = self._admit()
        try:
            answer = await work()
        except self._trips:
            self._failed(probing)
            raise
        except Exception:
            self._answered(probing)
            raise
        except BaseException:
            # Cancelled: nobody knows; the next call tries instead.
            if probing:
                self._become(State.OPEN)
            raise
        self._answered(probing)
        return answer

    def _admit(self) -> bool:
        if self.state is State.CLOSED:
            return False
        waited = self._clock() - self._opened >= self._pause
        if self.state is State.OPEN and waited:
            self._become(State.HALF_OPEN)
            return True
        self._metrics.refused.labels(self.name).inc()
        raise UnavailableError(f"{self.name} does not answer.")

    def _failed(self, probing: bool) -> None:
        self._metrics.failures.labels(self.name).inc()
        self._failures += 1
        tired = self.state is State.CLOSED and self._failures >= self._most
        if probing or tired:
            self._opened = self._clock()
            self._become(State.OPEN)

    def _answered(self, probing: bool) -> None:
        # A late answer of a call from before says nothing about now.
        if self.state is State.CLOSED or probing:
            self._failures = 0
            if probing:
                self._become(State.CLOSED)

    def _become(self, state: State) -> None:
        if {self.state, state} == {State.OPEN, State.CLOSED}:
            logger.warning("Circuit breaker opens", service=self.name)
        elif state is State.CLOSED:
            logger.info("Circuit breaker closes", service=self.name)
        self.state = state
        self._metrics.state.labels(self.name).set(state)
