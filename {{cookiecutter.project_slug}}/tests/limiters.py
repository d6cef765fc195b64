"""A rate limiter on a real Redis, without a service around it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.protection.rate_limiter import RateLimiter
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.redis import RedisPools


@dataclass(frozen=True)
class LimiterParts:
    """The limiter, its Redis and what it counts."""

    limiter: RateLimiter
    redis: Redis
    prefix: str
    registry: CollectorRegistry

    def sample(self, name: str, **labels: str) -> float:
        """0 when it was never counted."""
        return self.registry.get_sample_value(name, labels) or 0.0

    async def held(self, key: str) -> int:
        """Requests in that window."""
        return len(await self.times(key))

    async def times(self, key: str) -> list[float]:
        """Of the requests in that window, in microseconds, oldest first."""
        found: list[Any] = await self.redis.zrange(
            self.prefix + key, 0, -1, withscores=True
        )
        return [score for _, score in found]

    async def now(self) -> int:
        """The clock of Redis, in microseconds."""
        time: Any = await self.redis.time()
        seconds, micros = time
        return int(seconds) * 1_000_000 + int(micros)


@asynccontextmanager
async def limiter_parts(
    environment: Mapping[str, str], **changes: str
) -> AsyncIterator[LimiterParts]:
    """Under those settings; its connections end with the block."""
    settings = Settings.model_validate({**environment, **changes})
    registry = CollectorRegistry()
    metrics = ProtectionMetrics(registry)
    pools = RedisPools(settings)
    try:
        guard = RedisGuard(pools.auth, metrics.breakers)
        limiter = RateLimiter(guard, settings, metrics)
        prefix = f"{settings.REDIS_PREFIX}limit:"
        yield LimiterParts(limiter, pools.auth, prefix, registry)
    finally:
        await pools.close()
