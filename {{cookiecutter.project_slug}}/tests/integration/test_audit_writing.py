"""Group commit on real PostgreSQL: strict, relaxed, and what is lost."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import override

import pytest
from prometheus_client import CollectorRegistry

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.extensions.audit.event import Event, event_of
from {{cookiecutter.module_name}}.extensions.audit.metrics import AuditMetrics
from {{cookiecutter.module_name}}.extensions.audit.redaction import Redaction
from {{cookiecutter.module_name}}.extensions.audit.relaxed import RelaxedWriter
from {{cookiecutter.module_name}}.extensions.audit.settings import AuditSettings
from {{cookiecutter.module_name}}.extensions.audit.store import EventStore
from {{cookiecutter.module_name}}.extensions.audit.strict import StrictWriter
from {{cookiecutter.module_name}}.protocols import AuditAction
from {{cookiecutter.module_name}}.storage.db import Database

from tests.audit_table import AuditTable, audit_table

REDACTION = Redaction(max_bytes=8192)


class LostLink(EventStore):
    """The real one; while `down` it fails, after it wrote or before."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.batches: list[int] = []
        self.down = 0
        self.writes_first = False

    @override
    async def insert(self, events: Sequence[Event]) -> None:
        self.batches.append(len(events))
        if self.down == 0:
            await super().insert(events)
            return
        self.down -= 1
        if self.writes_first:
            await super().insert(events)
        raise UnavailableError("PostgreSQL did not answer.")


@pytest.fixture
async def table(service_env: Mapping[str, str]) -> AsyncIterator[AuditTable]:
    async with audit_table(service_env) as found:
        yield found


@pytest.fixture
def store(database: Database) -> LostLink:
    return LostLink(database)


@pytest.fixture
def metrics() -> AuditMetrics:
    return AuditMetrics(CollectorRegistry())


@pytest.fixture
def request_id() -> str:
    return str(uuid.uuid4())


def settings(**given: float) -> AuditSettings:
    return AuditSettings.model_validate(given)


def event(request_id: str, status: int = 200) -> Event:
    action = AuditAction(
        action_type="GET",
        resource="/",
        request_id=request_id,
        started=time.perf_counter(),
    )
    return event_of(action, "success", status, None, REDACTION)


def value(counter: object) -> float:
    return float(counter._value.get())  # type: ignore[attr-defined]


async def test_what_comes_meanwhile_is_the_next_batch(
    store: LostLink, metrics: AuditMetrics, request_id: str, table: AuditTable
) -> None:
    writer = StrictWriter(store, settings(AUDIT_BATCH_SIZE=40), metrics)
    first = asyncio.create_task(writer.keep(event(request_id)))
    while not store.batches:
        await asyncio.sleep(0)
    rest = [writer.keep(event(request_id)) for _ in range(99)]
    await asyncio.gather(first, *rest)
    assert store.batches == [1, 40, 40, 19]
    assert len(await table.of(request_id)) == 100
    assert value(metrics.written) == 100


@pytest.mark.parametrize("writes_first", [False, True])
async def test_a_lost_connection_is_tried_once_more(
    store: LostLink,
    metrics: AuditMetrics,
    request_id: str,
    table: AuditTable,
    writes_first: bool,
) -> None:
    store.down, store.writes_first = 1, writes_first
    writer = StrictWriter(store, settings(), metrics)
    await asyncio.gather(*(writer.keep(event(request_id)) for _ in range(5)))
    assert store.batches == [5, 5]
    assert len(await table.of(request_id)) == 5


async def test_without_postgresql_nobody_is_told_that_it_is_kept(
    store: LostLink, metrics: AuditMetrics, request_id: str, table: AuditTable
) -> None:
    store.down = 2
    writer = StrictWriter(store, settings(), metrics)
    kept = [writer.keep(event(request_id)) for _ in range(3)]
    for found in await asyncio.gather(*kept, return_exceptions=True):
        assert isinstance(found, UnavailableError)
    assert value(metrics.dropped) == 3
    await writer.keep(event(request_id))
    await table.one(request_id)


async def test_who_gave_up_is_not_written_later(
    store: LostLink, metrics: AuditMetrics, request_id: str, table: AuditTable
) -> None:
    writer = StrictWriter(store, settings(), metrics)
    task = asyncio.create_task(writer.keep(event(request_id)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    await writer.keep(event(request_id, 201))
    assert (await table.one(request_id))["response_status"] == 201
    assert store.batches == [1]


async def test_a_row_that_postgresql_refuses_is_alone_to_blame(
    store: LostLink, metrics: AuditMetrics, request_id: str, table: AuditTable
) -> None:
    writer = StrictWriter(store, settings(), metrics)
    bad = event(request_id)._replace(request_data="no json")
    results = await asyncio.gather(
        *(writer.keep(event(request_id)) for _ in range(3)),
        writer.keep(bad),
        return_exceptions=True,
    )
    assert results[:3] == [None] * 3
    assert isinstance(results[3], UnavailableError)
    assert len(await table.of(request_id)) == 3


async def test_relaxed_does_not_wait_and_loses_nothing_at_its_end(
    store: LostLink, metrics: AuditMetrics, request_id: str, table: AuditTable
) -> None:
    slow = settings(AUDIT_BATCH_SIZE=3, AUDIT_BATCH_TIMEOUT_SECONDS=600)
    writer = RelaxedWriter(store, slow, metrics)
    for _ in range(3):
        await writer.keep(event(request_id))
    await table.coming(request_id, 3)
    for _ in range(2):
        await writer.keep(event(request_id))
    await writer.close()
    assert len(await table.of(request_id)) == 5
    assert store.batches == [3, 2]


async def test_relaxed_waits_for_postgresql(
    store: LostLink, metrics: AuditMetrics, request_id: str, table: AuditTable
) -> None:
    store.down = 3
    quick = settings(AUDIT_BATCH_TIMEOUT_SECONDS=0)
    writer = RelaxedWriter(store, quick, metrics)
    await writer.keep(event(request_id))
    await table.coming(request_id)
    assert store.batches == [1] * 4
    await writer.close()


async def test_what_waits_for_postgresql_is_seen(
    store: LostLink, metrics: AuditMetrics, request_id: str
) -> None:
    store.down = 1000
    quick = settings(
        AUDIT_BATCH_TIMEOUT_SECONDS=0, AUDIT_WRITE_TIMEOUT_SECONDS=0.2
    )
    writer = RelaxedWriter(store, quick, metrics)
    await writer.keep(event(request_id))
    while not store.batches:
        await asyncio.sleep(0)
    for _ in range(3):
        await writer.keep(event(request_id))
    assert value(metrics.queue_depth) == 4
    await writer.close()


async def test_relaxed_drops_what_does_not_fit_and_says_so_once(
    store: LostLink,
    metrics: AuditMetrics,
    request_id: str,
    table: AuditTable,
    capsys: pytest.CaptureFixture[str],
) -> None:
    small = settings(AUDIT_QUEUE_MAX_SIZE=2, AUDIT_BATCH_TIMEOUT_SECONDS=600)
    writer = RelaxedWriter(store, small, metrics)
    for _ in range(5):
        await writer.keep(event(request_id))
    assert value(metrics.dropped) == 3
    assert capsys.readouterr().out.count("queue is full") == 1
    await writer.close()
    assert len(await table.of(request_id)) == 2


async def test_the_end_does_not_wait_for_ever(
    store: LostLink, metrics: AuditMetrics, request_id: str
) -> None:
    store.down = 1000
    brief = settings(AUDIT_WRITE_TIMEOUT_SECONDS=0.2)
    writer = RelaxedWriter(store, brief, metrics)
    for _ in range(4):
        await writer.keep(event(request_id))
    await writer.close()
    assert value(metrics.dropped) == 4
