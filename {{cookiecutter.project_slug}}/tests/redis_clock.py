"""Minutes as Redis counts them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from redis.asyncio import Redis


async def minute(env: Mapping[str, str]) -> int:
    """Of the server that those settings name."""
    async with Redis(
        host=env["REDIS_IP"],
        port=int(env["REDIS_PORT"]),
        password=env["REDIS_PASSWORD"],
    ) as redis:
        time: Any = await redis.time()
        return int(time[0]) // 60


async def in_one_minute[T](
    env: Mapping[str, str], attempt: Callable[[], Awaitable[T]]
) -> T:
    """What the first attempt found during which no minute ended.

    Each begins with what the limits have not seen yet.
    """
    while True:
        before = await minute(env)
        found = await attempt()
        if await minute(env) == before:
            return found
