"""The bus while its Redis is killed, restarted and frozen."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.settings import Settings

from scripts.stack.process import GuardedProcess
from tests.own_valkey import OwnValkey, own_valkey
from tests.running_service import exit_code, spawn
from tests.seen import PATIENCE_SECONDS, Seen

pytestmark = pytest.mark.slow

EVERY_SECONDS = 0.02
BACK_WITHIN_SECONDS = 2.0
# How many messages each outage costs at least: a blink, and two seconds.
OUTAGES = (1, 100)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path) as server:
        yield server


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def bus(
    valkey: OwnValkey, registry: CollectorRegistry
) -> AsyncIterator[RedisBus]:
    settings = Settings.model_validate(valkey.environment)
    bus = RedisBus(settings, RedisMetrics(registry))
    yield bus
    await bus.close()


@dataclass(frozen=True)
class Worker:
    """A process that listens to `beat`."""

    process: GuardedProcess
    log: Path

    @property
    def heard(self) -> list[tuple[int, float]]:
        """Numbers and times, in the order of their coming."""
        # The last line may be half written.
        lines = self.log.read_text().rpartition("\n")[0].splitlines()
        words = (line.split() for line in lines if line.startswith("heard "))
        return [(int(number), float(when)) for _, number, when in words]

    def heard_since(self, when: float) -> list[tuple[int, float]]:
        """What came at `when` and later."""
        return [beat for beat in self.heard if beat[1] >= when]


@dataclass
class Publisher:
    """Counts up on `beat`, whatever happens."""

    bus: RedisBus
    # When a number was given to the bus.
    sent: dict[int, float] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            number = len(self.sent)
            self.sent[number] = time.monotonic()
            try:
                await self.bus.publish("beat", number)
            except UnavailableError:
                self.refused.add(number)
            await asyncio.sleep(EVERY_SECONDS)

    def sent_since(self, when: float) -> set[int]:
        """Numbers, the refused ones too."""
        return {number for number, then in self.sent.items() if then >= when}


@asynccontextmanager
async def publishing(bus: RedisBus) -> AsyncIterator[Publisher]:
    publisher = Publisher(bus)
    task = asyncio.create_task(publisher.run())
    try:
        yield publisher
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture
def workers(valkey: OwnValkey, tmp_path: Path) -> Iterator[list[Worker]]:
    with ExitStack() as stack:
        found = []
        for name in ("one", "two"):
            log = tmp_path / f"{name}.log"
            process = spawn(valkey.environment, log, module="tests.bus_worker")
            found.append(Worker(stack.enter_context(process), log))
        yield found


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(EVERY_SECONDS)


async def _outage(
    valkey: OwnValkey,
    publisher: Publisher,
    workers: list[Worker],
    cost: int,
) -> float:
    """Ends some beats after the return; when Valkey answered again."""
    await asyncio.to_thread(valkey.kill)
    wanted = len(publisher.refused) + cost
    await _until(lambda: len(publisher.refused) >= wanted)
    answered = await asyncio.to_thread(valkey.start)
    await _until(lambda: all(w.heard_since(answered) for w in workers))
    peace = time.monotonic()
    await _until(lambda: all(len(w.heard_since(peace)) > 20 for w in workers))
    return answered


@pytest.mark.chaos
async def test_two_processes_deliver_again_after_restarts(
    valkey: OwnValkey, bus: RedisBus, workers: list[Worker]
) -> None:
    print("\nrestart worker seconds-until-back published refused delivered")
    async with publishing(bus) as publisher:
        await _until(lambda: all(worker.heard for worker in workers))
        for restart, cost in enumerate(OUTAGES, 1):
            begun = time.monotonic()
            answered = await _outage(valkey, publisher, workers, cost)
            sent = publisher.sent_since(begun)
            # Old connections of the pool do no harm.
            assert not publisher.refused & publisher.sent_since(answered)
            for number, worker in enumerate(workers, 1):
                seconds = worker.heard_since(answered)[0][1] - answered
                print(
                    f"{restart:7} {number:6} {seconds:18.3f} {len(sent):9}"
                    f" {len(publisher.refused & sent):7}"
                    f" {len(worker.heard_since(begun)):9}"
                )
                assert seconds < BACK_WITHIN_SECONDS
    for worker in workers:
        numbers = [number for number, _ in worker.heard]
        # At most once, and in order.
        assert numbers == sorted(set(numbers))
        worker.process.stop()
        assert exit_code(worker.process) == 0


@pytest.mark.chaos
async def test_a_restart_is_told_once(
    valkey: OwnValkey, bus: RedisBus, registry: CollectorRegistry
) -> None:
    seen = Seen()
    await bus.subscribe("news", seen.keep)
    failures = "redis_pubsub_failures_total"
    with capture_logs() as logs:
        valkey.kill()
        await _until(lambda: (registry.get_sample_value(failures) or 0) > 2)
        assert registry.get_sample_value("redis_pubsub_connected") == 0
        # Registered while nobody hears.
        await bus.subscribe("later", seen.keep)
        valkey.start()
        await _until(
            lambda: registry.get_sample_value("redis_pubsub_connected")
        )
    assert [line["log_level"] for line in logs] == ["warning", "info"]
    assert logs[1]["missed_seconds"] > 0
    await bus.ping()
    await bus.publish("later", 1)
    await bus.publish("news", 2)
    await seen.until(2)
    assert seen == [1, 2]


@pytest.mark.chaos
async def test_a_frozen_redis_is_noticed(
    valkey: OwnValkey, bus: RedisBus, registry: CollectorRegistry
) -> None:
    seen = Seen()
    await bus.subscribe("news", seen.keep)
    await bus.publish("news", "before")
    await seen.until("before")
    valkey.freeze()
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(UnavailableError):
            await bus.publish("news", "nobody knows")
        with pytest.raises(UnavailableError):
            await bus.ping()
    # The subscription's connection is not closed by anybody else.
    await _until(
        lambda: registry.get_sample_value("redis_pubsub_failures_total")
    )
    # To a Redis that does not answer one can subscribe without waiting long.
    async with asyncio.timeout(PATIENCE_SECONDS):
        await bus.subscribe("later", seen.keep)
    valkey.thaw()
    await _until(lambda: registry.get_sample_value("redis_pubsub_connected"))
    await bus.publish("news", "after")
    await bus.publish("later", "after all")
    await seen.until("after all")
    assert "after" in seen


@pytest.mark.chaos
async def test_many_publishers_to_a_frozen_redis_wait_no_longer(
    valkey: OwnValkey, bus: RedisBus
) -> None:
    await bus.publish("news", "connected")
    valkey.freeze()
    async with asyncio.timeout(PATIENCE_SECONDS):
        results = await asyncio.gather(
            *(bus.publish("news", number) for number in range(300)),
            return_exceptions=True,
        )
    assert {type(result) for result in results} == {UnavailableError}
    valkey.thaw()
    await bus.publish("news", "it answers")


@pytest.mark.chaos
async def test_it_closes_while_redis_is_frozen(
    valkey: OwnValkey, bus: RedisBus
) -> None:
    await bus.subscribe("news", Seen().keep)
    valkey.freeze()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await bus.close()
