"""Places of sockets are leased: nobody has to give them back."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.own_valkey import PASSWORD, OwnValkey, own_valkey
from tests.probe.plain_packages import WORKER
from tests.running_service import RunningService
from tests.ws_client import connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
LIMIT = 6
PATIENCE_SECONDS = 40
PREFIX = "own:"
SHORT = {
    "WS_MAX_CONNECTIONS_PER_USER": str(LIMIT),
    "WS_CONNECTION_LEASE_SECONDS": "1.5",
    "REDIS_PREFIX": PREFIX,
}


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path) as server:
        yield server


@pytest.fixture
async def redis(valkey: OwnValkey) -> AsyncIterator[Redis]:
    """The database that protection uses."""
    port = int(valkey.environment["REDIS_PORT"])
    async with Redis(port=port, password=PASSWORD, db=10) as client:
        yield client


async def places(redis: Redis) -> dict[bytes, float]:
    """Leases that have not ended, of the only user, in milliseconds."""
    time: Any = await redis.time()
    now = time[0] * 1000 + time[1] / 1000
    found: dict[bytes, float] = {}
    async for key in redis.scan_iter(f"{PREFIX}sockets:*"):
        members: Any = await redis.zrangebyscore(
            key, now, "inf", withscores=True
        )
        found.update(members)
    return found


async def until(
    condition: Callable[[dict[bytes, float]], bool], redis: Redis
) -> dict[bytes, float]:
    """Raises TimeoutError when the places never meet it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition(found := await places(redis)):
            await asyncio.sleep(0.02)
        return found


async def opened(
    stack: AsyncExitStack, url: str, token: str, count: int
) -> list[int]:
    """That many sockets, let in; by which processes."""
    pids = []
    for _ in range(count):
        client = await stack.enter_async_context(connect(url, token))
        pids.append((await client.ask(WORKER))["data"])
    return pids


async def test_what_a_killed_worker_held_is_free(
    start_probe: Start, valkey: OwnValkey, redis: Redis, sign: Sign
) -> None:
    token = sign()
    two = {**valkey.environment, **SHORT, "WORKERS": "2"}
    with start_probe(**two) as service:
        async with AsyncExitStack() as stack:
            pids = await opened(stack, service.url, token, LIMIT)
            assert len(await places(redis)) == LIMIT
            os.kill(pids[0], signal.SIGKILL)
            survivors = LIMIT - pids.count(pids[0])
            await until(lambda found: len(found) == survivors, redis)
            await opened(stack, service.url, token, LIMIT - survivors)
            async with connect(service.url, token) as one_more:
                assert (await one_more.closed())[0] == 1008


async def test_leases_last_as_long_as_their_sockets(
    start_probe: Start, valkey: OwnValkey, redis: Redis, sign: Sign
) -> None:
    with start_probe(**valkey.environment, **SHORT) as service:
        async with AsyncExitStack() as stack:
            await opened(stack, service.url, sign(), LIMIT)
            first = await places(redis)
            assert len(first) == LIMIT
            last = max(first.values())
            # Longer than the first lease, whatever the machine does.
            found = await until(
                lambda f: min(f.values(), default=0) > last + 3000, redis
            )
            assert found.keys() == first.keys()
        await until(lambda f: not f, redis)


async def test_what_redis_has_lost_is_told_again(
    start_probe: Start, valkey: OwnValkey, redis: Redis, sign: Sign
) -> None:
    token = sign()
    with start_probe(**valkey.environment, **SHORT) as service:
        async with AsyncExitStack() as stack:
            await opened(stack, service.url, token, LIMIT)
            before = await places(redis)
            await redis.flushall()
            found = await until(lambda f: len(f) == LIMIT, redis)
            assert found.keys() == before.keys()
            async with connect(service.url, token) as one_more:
                assert (await one_more.closed())[0] == 1008


async def test_the_end_of_the_service_gives_all_back(
    start_probe: Start, valkey: OwnValkey, redis: Redis, sign: Sign
) -> None:
    long = {**SHORT, "WS_CONNECTION_LEASE_SECONDS": "600"}
    with start_probe(**valkey.environment, **long) as service:
        async with AsyncExitStack() as stack:
            await opened(stack, service.url, sign(), LIMIT)
            assert len(await places(redis)) == LIMIT
            service.terminate()
            assert await places(redis) == {}
