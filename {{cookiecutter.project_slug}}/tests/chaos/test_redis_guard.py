"""Redis dies, freezes and comes back; who asks it waits for a moment only."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    BreakerMetrics,
)
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.redis import RedisPools

from tests.own_valkey import OwnValkey, own_valkey

pytestmark = pytest.mark.chaos

FAILURES = 5
# Of a machine that is busy with other tests.
SLACK_SECONDS = 1.5
BACK_SECONDS = 1.0


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path) as server:
        yield server


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def guard(
    valkey: OwnValkey, registry: CollectorRegistry
) -> AsyncIterator[RedisGuard]:
    pools = RedisPools(Settings.model_validate(valkey.environment))
    found = RedisGuard(pools.auth, BreakerMetrics(registry))
    assert await answers(found)
    yield found
    await pools.close()


async def answers(guard: RedisGuard) -> bool:
    try:
        return bool(await guard.ask(lambda: guard.client.ping()))
    except UnavailableError:
        return False


async def timed(call: Awaitable[bool]) -> tuple[bool, float]:
    started = time.monotonic()
    return await call, time.monotonic() - started


async def comes_back(guard: RedisGuard, since: float) -> None:
    while not await answers(guard):
        assert time.monotonic() < since + 30
        await asyncio.sleep(0.01)
    assert time.monotonic() - since < BACK_SECONDS + SLACK_SECONDS


type Fault = Callable[[OwnValkey], None]
type Mend = Callable[[OwnValkey], float]


def thaw(valkey: OwnValkey) -> float:
    valkey.thaw()
    return time.monotonic()


@pytest.mark.parametrize(
    ("fault", "mend"),
    [(OwnValkey.kill, OwnValkey.start), (OwnValkey.freeze, thaw)],
    ids=["killed", "frozen"],
)
async def test_nobody_waits_long_and_all_is_well_again(
    guard: RedisGuard,
    valkey: OwnValkey,
    registry: CollectorRegistry,
    fault: Fault,
    mend: Mend,
) -> None:
    most = constants.REDIS_GUARD_TIMEOUT_SECONDS + SLACK_SECONDS
    with capture_logs() as logs:
        fault(valkey)
        first = await asyncio.gather(
            *(timed(answers(guard)) for _ in range(FAILURES))
        )
        assert not any(found for found, _ in first)
        assert max(seconds for _, seconds in first) < most
        assert registry.get_sample_value(
            "circuit_breaker_state", {"service": "redis"}
        )
        # A thousand would take minutes if each of them waited.
        many = await timed(all_of(guard, 1000))
        assert many[0] is False
        assert many[1] < most
        back = await asyncio.to_thread(mend, valkey)
        await comes_back(guard, back)
        assert await all_of(guard, 100)
    assert [line["event"] for line in logs] == [
        "Circuit breaker opens",
        "Circuit breaker closes",
    ]


async def all_of(guard: RedisGuard, count: int) -> bool:
    found = [await answers(guard) for _ in range(count)]
    assert len(set(found)) == 1
    return found[0]


async def test_who_was_cut_off_gets_no_answer_of_another(
    guard: RedisGuard, valkey: OwnValkey
) -> None:
    """Connections that still owe an answer are not used again."""
    await guard.ask(lambda: guard.client.mset({"one": 1, "two": 2}))
    valkey.freeze()
    assert not await answers(guard)
    with pytest.raises(UnavailableError):
        await guard.ask(lambda: guard.client.get("one"))
    valkey.thaw()
    for _ in range(50):
        assert await guard.ask(lambda: guard.client.get("two")) == b"2"


async def test_an_answer_is_read_by_a_process_that_was_held_up(
    guard: RedisGuard,
) -> None:
    """It came in time, so it is no sign of an outage."""
    asked = asyncio.create_task(answers(guard))
    await asyncio.sleep(0)
    time.sleep(constants.REDIS_GUARD_TIMEOUT_SECONDS)  # noqa: ASYNC251 - holds it up
    assert await asked


async def test_errors_that_redis_sends_do_not_open_it(
    guard: RedisGuard,
) -> None:
    await guard.ask(lambda: guard.client.set("text", "x"))
    for _ in range(FAILURES + 1):
        with pytest.raises(UnavailableError):
            await guard.ask(lambda: guard.client.incr("text"))
    assert await answers(guard)
