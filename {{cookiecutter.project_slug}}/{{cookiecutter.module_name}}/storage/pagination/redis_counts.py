"""Totals in Redis, for a while and until somebody writes.

Each table has a generation, and a total is kept with the one that was read
before it was counted. A transaction that wrote the table gives it a new one
after its commit; totals of another generation count for nothing. So what was
counted before a commit is never taken for what came after.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Collection
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.observability.count_metrics import CountMetrics
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.pagination.counts import Count

logger = structlog.get_logger(__name__)

_PATIENCE: Final = constants.COUNT_CACHE_TIMEOUT_SECONDS

type _Tables = frozenset[str]
# By key and generation; None when the one who counted did not end.
type _Counting = dict[tuple[str, bytes], asyncio.Future[int | None]]


class RedisCounts:
    """Keeps totals for COUNT_CACHE_TTL_SECONDS; without Redis, none.

    What could not be invalidated is remembered, and told before Redis is
    asked for anything else. Until then other workers go by the time.
    """

    def __init__(
        self, redis: Redis, settings: Settings, metrics: CountMetrics
    ) -> None:
        self._redis = redis
        self._prefix = f"{settings.REDIS_PREFIX}count:"
        self._seconds = settings.COUNT_CACHE_TTL_SECONDS
        self._metrics = metrics
        self._untold: _Tables = frozenset()
        self._down = False
        self._pause_ends = 0.0
        self._counting: _Counting = {}

    async def total(self, table: str, fingerprint: str, count: Count) -> int:
        """One round trip when it is known, a second one to keep it."""
        if not self._seconds:
            return await count()
        keys = (self._prefix + table, f"{self._prefix}{table}:{fingerprint}")
        found = await self._ask(lambda: self._redis.mget(*keys))
        if found is None:
            self._metrics.lookups.labels("unavailable").inc()
            return await count()
        generation, kept = map(_raw, found)
        known = _total(kept, generation)
        if known is not None:
            self._metrics.lookups.labels("hit").inc()
            return known
        self._metrics.lookups.labels("miss").inc()
        return await self._count_once(keys[1], generation, count)

    async def invalidate(self, tables: Collection[str]) -> None:
        """Returns when Redis knows, or does not answer."""
        if self._seconds and tables:
            await self._ask(_nothing, frozenset(tables))

    async def _count_once(
        self, key: str, generation: bytes, count: Count
    ) -> int:
        """Of many here that want the same total one counts."""
        running = self._counting.get((key, generation))
        if running is not None:
            counted = await asyncio.shield(running)
            return await count() if counted is None else counted
        result = asyncio.get_running_loop().create_future()
        self._counting[key, generation] = result
        total = None
        try:
            total = await count()
        finally:
            del self._counting[key, generation]
            result.set_result(total)
        value = b"%s %d" % (generation, total)
        await self._ask(lambda: self._redis.set(key, value, ex=self._seconds))
        return total

    async def _ask[T](
        self,
        question: Callable[[], Awaitable[T]],
        stale: _Tables = frozenset(),
    ) -> T | None:
        """None without an answer; a Redis that failed gets a moment's rest."""
        # Taken before any await: what another adds meanwhile stays there.
        stale, self._untold = stale | self._untold, frozenset()
        try:
            now = time.monotonic()
            if now < self._pause_ends:
                return None
            if self._down:
                # One finds out for all.
                self._pause_ends = now + 2 * _PATIENCE
            async with asyncio.timeout(_PATIENCE):
                await self._renew(stale)
                stale = frozenset()
                answer = await question()
        except (RedisError, OSError, TimeoutError) as error:
            self._failed(error)
            return None
        finally:
            self._untold |= stale
        self._down = False
        self._pause_ends = 0.0
        return answer

    async def _renew(self, tables: _Tables) -> None:
        if tables:
            await self._redis.mset(
                {self._prefix + table: uuid.uuid4().hex for table in tables}
            )

    def _failed(self, error: Exception) -> None:
        self._metrics.failures.inc()
        pause = constants.COUNT_CACHE_PAUSE_SECONDS
        self._pause_ends = time.monotonic() + pause
        if not self._down:
            self._down = True
            logger.warning(
                "Redis keeps no totals of lists now; they are counted",
                reason=str(error) or "timeout",
            )


async def _nothing() -> None:
    pass


def _raw(value: bytes | str | None) -> bytes:
    return value.encode() if isinstance(value, str) else value or b""


def _total(kept: bytes, generation: bytes) -> int | None:
    counted_in, _, total = kept.rpartition(b" ")
    return int(total) if total and counted_in == generation else None
