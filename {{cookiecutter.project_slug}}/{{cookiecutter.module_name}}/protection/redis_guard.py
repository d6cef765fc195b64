"""Redis where a reply must not wait for it."""

import asyncio
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    BreakerMetrics,
)
from {{cookiecutter.module_name}}.protection.circuit_breaker import CircuitBreaker

_PATIENCE = constants.REDIS_GUARD_TIMEOUT_SECONDS


class RedisGuard:
    """Short calls through a circuit breaker; all of protection uses one."""

    def __init__(self, client: Redis, metrics: BreakerMetrics) -> None:
        self.client = client
        self._breaker = CircuitBreaker(
            "redis",
            metrics,
            # Any error that Redis sends is an answer.
            trips=(
                RedisConnectionError,
                RedisTimeoutError,
                OSError,
                TimeoutError,
            ),
            pause=constants.REDIS_BREAKER_PAUSE_SECONDS,
        )

    async def ask[T](self, work: Callable[[], Awaitable[T]]) -> T:
        """Raises UnavailableError, at once while Redis is known to be down."""
        try:
            return await self._breaker.call(lambda: _in_time(work))
        except (RedisError, OSError, TimeoutError) as error:
            raise UnavailableError("Redis did not answer.") from error


async def _in_time[T](work: Callable[[], Awaitable[T]]) -> T:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as limit:
        # Two halves, since a process that was held up hears of the time
        # before it reads the answers that have come meanwhile.
        half = loop.call_later(
            _PATIENCE / 2,
            lambda: limit.reschedule(loop.time() + _PATIENCE / 2),
        )
        try:
            return await work()
        finally:
            half.cancel()
