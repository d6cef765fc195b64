"""The bus on Redis keeps the contract of every Bus, and its own promises."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis
from structlog.testing import capture_logs

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.redis import RedisPools

from scripts.stack import StackAddresses
from tests.contract.bus import END, BusContract
from tests.running_service import free_port
from tests.seen import PATIENCE_SECONDS, Seen


@pytest.fixture
def settings(stack: StackAddresses) -> Settings:
    """On channels of this test alone."""
    return Settings.model_validate(
        {**stack.environment(), "REDIS_PREFIX": f"test:{uuid.uuid4().hex}:"}
    )


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def bus(
    settings: Settings, registry: CollectorRegistry
) -> AsyncIterator[Bus]:
    bus = RedisBus(settings, RedisMetrics(registry))
    yield bus
    await bus.close()


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Bus]:
    """As another worker of the service has it."""
    bus = RedisBus(settings, RedisMetrics(CollectorRegistry()))
    yield bus
    await bus.close()


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    pools = RedisPools(settings)
    yield pools.main
    await pools.close()


class TestRedisBus(BusContract):
    pass


async def test_two_workers_hear_each_other(bus: Bus, other: Bus) -> None:
    here, there = Seen(), Seen()
    await bus.subscribe("news", here.keep)
    await other.subscribe("news", there.keep)
    await bus.publish("news", "from here")
    await other.publish("news", "from there")
    for seen in (here, there):
        await seen.until("from there")
        assert seen == ["from here", "from there"]


async def test_services_of_one_redis_do_not_hear_each_other(
    bus: Bus, settings: Settings
) -> None:
    changed = settings.model_copy(update={"REDIS_PREFIX": "another:"})
    stranger = RedisBus(changed, RedisMetrics(CollectorRegistry()))
    seen = Seen()
    await bus.subscribe("news", seen.keep)
    await stranger.publish("news", 1)
    await stranger.close()
    await bus.publish("news", END)
    await seen.until(END)
    assert seen == [END]


async def test_a_channel_costs_one_subscription_while_it_is_used(
    bus: Bus, other: Bus, redis: Redis, settings: Settings
) -> None:
    name = f"{settings.REDIS_PREFIX}news"

    async def subscriptions() -> int:
        [(_, count)] = await redis.pubsub_numsub(name)
        return int(count)

    stops = [await bus.subscribe("news", Seen().keep) for _ in range(50)]
    assert await subscriptions() == 1
    await other.subscribe("news", Seen().keep)
    assert await subscriptions() == 2
    for stop in stops[1:]:
        await stop()
    assert await subscriptions() == 2
    await stops[0]()
    # Its command is behind the one that ended the other subscription.
    await bus.subscribe("later", Seen().keep)
    assert await subscriptions() == 1
    await other.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await subscriptions():
            pass


async def test_all_channels_share_a_connection(bus: Bus, redis: Redis) -> None:
    before = await _subscribers(redis)
    for number in range(20):
        await bus.subscribe(f"room:{number}", Seen().keep)
    new = await _subscribers(redis) - before
    assert len(new) == 1
    await bus.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while new & await _subscribers(redis):
            pass


async def _subscribers(redis: Redis) -> set[str]:
    clients: list[dict[str, Any]] = await redis.client_list(_type="pubsub")
    return {client["id"] for client in clients}


async def test_what_is_not_json_is_dropped(
    bus: Bus, redis: Redis, settings: Settings, registry: CollectorRegistry
) -> None:
    seen = Seen()
    await bus.subscribe("news", seen.keep)
    with capture_logs() as logs:
        for payload in (b"\xff", b"", b"{", orjson.dumps(END)):
            await redis.publish(f"{settings.REDIS_PREFIX}news", payload)
        await seen.until(END)
    assert seen == [END]
    name = "redis_undecodable_messages_total"
    assert registry.get_sample_value(name) == 3
    assert {line["channel"] for line in logs} == {"news"}


async def test_a_large_message_arrives(bus: Bus) -> None:
    seen = Seen()
    await bus.subscribe("news", seen.keep)
    await bus.publish("news", "x" * 3_000_000)
    await bus.publish("news", END)
    await seen.until(END)
    assert len(seen[0]) == 3_000_000


async def test_a_burst_larger_than_the_queue_arrives(
    bus: Bus, redis: Redis, settings: Settings
) -> None:
    seen = Seen()
    await bus.subscribe("news", seen.keep)
    async with redis.pipeline(transaction=False) as pipeline:
        for number in range(5000):
            pipeline.publish(f"{settings.REDIS_PREFIX}news", str(number))
        await pipeline.execute()
    await seen.until(4999)
    assert seen == list(range(5000))


@pytest.fixture
def nobody(settings: Settings) -> Settings:
    """Where no Redis is."""
    return settings.model_copy(update={"REDIS_PORT": free_port()})


async def test_without_redis_it_starts_and_tells_once(
    nobody: Settings, registry: CollectorRegistry
) -> None:
    bus = RedisBus(nobody, RedisMetrics(registry))
    failures = "redis_pubsub_failures_total"
    with capture_logs() as logs:
        await bus.subscribe("news", Seen().keep)
        while (registry.get_sample_value(failures) or 0) < 3:
            with pytest.raises(UnavailableError):
                await bus.publish("news", 1)
            with pytest.raises(UnavailableError):
                await bus.ping()
    await bus.close()
    assert [line["log_level"] for line in logs] == ["warning"]
    assert registry.get_sample_value("redis_publish_failures_total")
    assert registry.get_sample_value("redis_pubsub_connected") == 0
