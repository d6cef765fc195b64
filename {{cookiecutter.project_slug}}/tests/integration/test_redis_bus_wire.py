"""The bus on a network that loses replies and whole connections."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.settings import Settings

from scripts.stack import StackAddresses
from tests.seen import PATIENCE_SECONDS, Seen
from tests.wire import Wire, wire_to

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(stack: StackAddresses) -> Settings:
    return Settings.model_validate(
        {**stack.environment(), "REDIS_PREFIX": f"test:{uuid.uuid4().hex}:"}
    )


@pytest.fixture
async def wire(settings: Settings) -> AsyncIterator[Wire]:
    async with wire_to(settings.REDIS_IP, settings.REDIS_PORT) as wire:
        yield wire


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def bus(
    settings: Settings, wire: Wire, registry: CollectorRegistry
) -> AsyncIterator[RedisBus]:
    """By the wire."""
    changed = settings.model_copy(update={"REDIS_PORT": wire.port})
    bus = RedisBus(changed, RedisMetrics(registry))
    yield bus
    await bus.close()


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[RedisBus]:
    """Directly."""
    bus = RedisBus(settings, RedisMetrics(CollectorRegistry()))
    yield bus
    await bus.close()


async def test_a_lost_reply_does_not_double_a_message(
    bus: RedisBus, other: RedisBus, wire: Wire
) -> None:
    seen = Seen()
    await other.subscribe("news", seen.keep)
    await bus.publish("news", 1)
    wire.lose_reply = True
    with pytest.raises(UnavailableError):
        await bus.publish("news", 2)
    await bus.publish("news", 3)
    await seen.until(3)
    assert seen == [1, 2, 3]


@pytest.mark.chaos
async def test_a_connection_that_died_in_silence_is_replaced(
    bus: RedisBus, other: RedisBus, wire: Wire, registry: CollectorRegistry
) -> None:
    seen = Seen()
    await bus.subscribe("news", seen.keep)
    await other.publish("news", "before")
    await seen.until("before")
    wire.forget()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "after" not in seen:
            await other.publish("news", "after")
            await asyncio.sleep(0.02)
    assert registry.get_sample_value("redis_pubsub_failures_total") == 1


@pytest.mark.chaos
async def test_a_quiet_connection_is_kept(
    bus: RedisBus, other: RedisBus, wire: Wire, registry: CollectorRegistry
) -> None:
    seen = Seen()
    stop = await bus.subscribe("news", seen.keep)
    await _pongs(wire, 4)
    await other.publish("news", 1)
    await seen.until(1)
    await stop()
    # Those look different without a subscription.
    await _pongs(wire, 4)
    assert registry.get_sample_value("redis_pubsub_failures_total") == 0
    assert registry.get_sample_value("redis_pubsub_connected") == 1


async def _pongs(wire: Wire, count: int) -> None:
    """More in a row than may be missed."""
    wanted = wire.replies + count
    async with asyncio.timeout(PATIENCE_SECONDS):
        while wire.replies < wanted:
            await asyncio.sleep(0.02)


@pytest.mark.chaos
async def test_a_slow_callback_does_not_cost_the_connection(
    bus: RedisBus, other: RedisBus, registry: CollectorRegistry
) -> None:
    seen = Seen()

    async def slow(message: int) -> None:
        if message == 0:  # Longer than silence is borne.
            await asyncio.sleep(4)
        await seen.keep(message)

    await bus.subscribe("news", slow)
    # More than the queue takes, so that reading stops meanwhile.
    for number in range(2000):
        await other.publish("news", number)
    await seen.until(1999)
    assert seen == list(range(2000))
    assert registry.get_sample_value("redis_pubsub_failures_total") == 0
