"""Totals that are kept: hit, invalidated, over, and without Redis."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, col, delete, insert, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from structlog.testing import capture_logs

from {{cookiecutter.module_name}}.observability.metrics import Metrics
from {{cookiecutter.module_name}}.schemas.response import MetadataModel
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database
from {{cookiecutter.module_name}}.storage.pagination import get_paginated_results
from {{cookiecutter.module_name}}.storage.pagination.counts import note_written
from {{cookiecutter.module_name}}.storage.pagination.redis_counts import RedisCounts
from {{cookiecutter.module_name}}.storage.redis import RedisPools

from tests.own_valkey import own_valkey
from tests.specimen import Remark, Specimen, specimens, store
from tests.wire import wire_to

ROWS = 5
LOW = list(range(ROWS))
PATIENCE_SECONDS = 20


class Worker:
    """One of several that share Redis and PostgreSQL."""

    def __init__(self, env: Mapping[str, Any]) -> None:
        settings = Settings.model_validate(dict(env))
        self.metrics = Metrics("dev")
        self.redis = RedisPools(settings)
        self.counts = RedisCounts(
            self.redis.main, settings, self.metrics.counts
        )
        self.database = Database(settings, counts=self.counts)

    def lookups(self, outcome: str) -> float | None:
        """How often a total was a hit, a miss, or unavailable."""
        return self.metrics.registry.get_sample_value(
            "db_count_cache_lookups_total", {"outcome": outcome}
        )

    @property
    def failures(self) -> float | None:
        """Of Redis."""
        return self.metrics.registry.get_sample_value(
            "db_count_cache_failures_total"
        )

    async def total(
        self, model: type[SQLModel] = Specimen, **filters: Any
    ) -> int:
        """As a page of a list says it that does not show the end."""
        async with self.database.reading() as session:
            page = await get_paginated_results(
                model, 1, 1, session=session, filters=filters
            )
        assert isinstance(page.meta, MetadataModel)
        return page.meta.total

    async def becomes(self, total: int) -> None:
        """Returns when the total is told; raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.total() != total:
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Ends all connections."""
        await self.database.close()
        await self.redis.close()


type Start = Callable[..., Worker]


@pytest.fixture
async def start(service_env: Mapping[str, str]) -> AsyncIterator[Start]:
    """`start(**settings)`: all of a test share a prefix in Redis."""
    prefix = f"test:{uuid.uuid4().hex}:"
    started: list[Worker] = []

    def one(**changes: Any) -> Worker:
        env = {**service_env, "REDIS_PREFIX": prefix, **changes}
        started.append(Worker(env))
        return started[-1]

    yield one
    for worker in started:
        await worker.close()


@pytest.fixture
async def table(database: Database) -> AsyncIterator[Database]:
    """ROWS specimens; what this database writes, no worker is told."""
    async with specimens(database):
        await store(database, *(Specimen(number=i) for i in range(ROWS)))
        yield database


async def unseen(database: Database, number: int = 0) -> None:
    """One row more, stored by somebody else."""
    await store(database, Specimen(number=number))


async def test_a_total_is_kept(start: Start, table: Database) -> None:
    one, other = start(), start()
    assert await one.total() == ROWS
    await unseen(table)
    assert await one.total() == ROWS
    assert await other.total() == ROWS
    assert (one.lookups("miss"), one.lookups("hit")) == (1, 1)
    assert other.lookups("hit") == 1


async def test_each_list_has_its_own(start: Start, table: Database) -> None:
    worker = start()
    await unseen(table, 4)
    assert await worker.total(number=4) == 2
    assert await worker.total(number=[3, 4]) == 3
    assert await worker.total() == ROWS + 1
    assert worker.lookups("hit") is None


type Write = Callable[[AsyncSession], Awaitable[Any]]


async def add(session: AsyncSession) -> None:
    session.add(Specimen())


async def change(session: AsyncSession) -> None:
    found = await session.exec(select(Specimen).limit(1))
    found.one().number = 77


async def remove(session: AsyncSession) -> None:
    found = await session.exec(select(Specimen).limit(1))
    await session.delete(found.one())


async def insert_one(session: AsyncSession) -> None:
    await session.exec(insert(Specimen).values(SPECIMEN))


async def insert_many(session: AsyncSession) -> None:
    await session.exec(insert(Specimen), params=[SPECIMEN, SPECIMEN])


async def update_some(session: AsyncSession) -> None:
    high = col(Specimen.number) > 2
    await session.exec(update(Specimen).where(high).values(number=77))


async def delete_some(session: AsyncSession) -> None:
    await session.exec(delete(Specimen).where(col(Specimen.number) > 2))


async def in_words(session: AsyncSession) -> None:
    connection = await session.connection()
    await connection.execute(text("DELETE FROM specimen WHERE number = 1"))
    note_written(session, "specimen")


SPECIMEN = Specimen().model_dump(exclude={"id"})


@pytest.mark.parametrize(
    "write",
    [
        add,
        change,
        remove,
        insert_one,
        insert_many,
        update_some,
        delete_some,
        in_words,
    ],
)
async def test_a_write_makes_it_void(
    start: Start, table: Database, write: Write
) -> None:
    writer, reader = start(), start()
    before = await reader.total(), await reader.total(number=LOW)
    async with writer.database.transaction() as session:
        await write(session)
        # Others still see what was before.
        assert await reader.total() == before[0]
    after = await reader.total(), await reader.total(number=LOW)
    async with table.reading() as session:
        connection = await session.connection()
        found = await connection.execute(
            text(
                "SELECT count(*), count(*) FILTER (WHERE number < 77)"
                " FROM specimen"
            )
        )
        assert after == tuple(found.one())
    assert after != before


async def test_dependents_of_what_is_deleted(
    start: Start, table: Database
) -> None:
    worker = start()
    async with worker.database.transaction() as session:
        for number in (1, 1, 2, 3):
            session.add(Remark(specimen_id=number))
    assert await worker.total(Remark) == 4
    async with worker.database.transaction() as session:
        await session.exec(delete(Specimen).where(col(Specimen.id) == 1))
    assert await worker.total(Remark) == 2


async def fail_after_adding(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Specimen())
        await session.flush()
        raise ZeroDivisionError


async def test_what_was_rolled_back_changes_nothing(
    start: Start, table: Database
) -> None:
    worker = start()
    await worker.total()
    with pytest.raises(ZeroDivisionError):
        await fail_after_adding(worker.database)
    assert await worker.total() == ROWS
    assert worker.lookups("hit") == 1


async def test_a_transaction_counts_for_itself(
    start: Start, table: Database
) -> None:
    worker = start()
    await worker.total()
    async with worker.database.transaction() as session:
        session.add(Specimen())
        page = await get_paginated_results(Specimen, 1, 1, session=session)
        assert isinstance(page.meta, MetadataModel)
        assert page.meta.total == ROWS + 1
        assert await worker.total() == ROWS
    assert await worker.total() == ROWS + 1


async def test_counted_before_a_commit_is_void_after(start: Start) -> None:
    worker = start()

    async def slow_count() -> int:
        await worker.counts.invalidate(["things"])
        return 1

    async def count() -> int:
        return 2

    assert await worker.counts.total("things", "all", slow_count) == 1
    assert await worker.counts.total("things", "all", count) == 2


async def test_of_many_at_once_one_counts(start: Start) -> None:
    worker, counted, go_on = start(), 0, asyncio.Event()

    async def count() -> int:
        nonlocal counted
        counted += 1
        await go_on.wait()
        return 7

    def ask() -> asyncio.Task[int]:
        return asyncio.create_task(worker.counts.total("things", "all", count))

    first, others = ask(), [ask() for _ in range(20)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while worker.lookups("miss") != 21:
            await asyncio.sleep(0.01)
    assert counted == 1
    # Whoever counts may be cancelled; the others then do it.
    first.cancel()
    go_on.set()
    assert await asyncio.gather(*others) == [7] * 20
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_it_ends_with_its_time(start: Start, table: Database) -> None:
    worker = start(COUNT_CACHE_TTL_SECONDS=1)
    assert await worker.total() == ROWS
    await unseen(table)
    await worker.becomes(ROWS + 1)
    lasting = start(COUNT_CACHE_TTL_SECONDS=500)
    await lasting.total(number=1)
    times = [
        await lasting.redis.main.ttl(key)
        async for key in lasting.redis.main.scan_iter(
            match=f"{lasting.counts._prefix}specimen:*"
        )
    ]
    assert 0 < max(times) <= 500


async def test_none_is_kept(start: Start, table: Database) -> None:
    worker = start(COUNT_CACHE_TTL_SECONDS=0)
    await worker.total()
    await unseen(table)
    assert await worker.total() == ROWS + 1
    async with worker.database.transaction() as session:
        session.add(Specimen())
    assert await worker.total() == ROWS + 2
    prefix = f"{worker.counts._prefix}*"
    found = worker.redis.main.scan_iter(match=prefix)
    assert [key async for key in found] == []


@pytest.mark.slow
@pytest.mark.chaos
async def test_without_redis(
    start: Start, table: Database, tmp_path: Path
) -> None:
    with own_valkey(tmp_path) as valkey, capture_logs() as logs:
        worker = start(**valkey.environment)
        assert await worker.total() == ROWS
        await asyncio.to_thread(valkey.kill)
        await unseen(table)
        await worker.becomes(ROWS + 1)
        async with worker.database.transaction() as session:
            session.add(Specimen())
        assert await worker.total() == ROWS + 2
        while worker.failures is None or worker.failures < 2:
            await worker.total()
        assert worker.lookups("unavailable")
        assert [entry["log_level"] for entry in logs] == ["warning"]
        await asyncio.to_thread(valkey.start)
        hits = worker.lookups("hit")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while worker.lookups("hit") == hits:
                await worker.total()


@pytest.mark.slow
@pytest.mark.chaos
async def test_a_silent_redis_keeps_one_waiting(
    start: Start, table: Database, tmp_path: Path
) -> None:
    with own_valkey(tmp_path) as valkey:
        worker = start(**valkey.environment)
        assert await worker.total() == ROWS
        valkey.freeze()
        assert await worker.total() == ROWS
        assert worker.failures == 1
        async with asyncio.timeout(PATIENCE_SECONDS):
            while worker.failures == 1:
                totals = await asyncio.gather(
                    *(worker.total() for _ in range(20))
                )
                assert totals == [ROWS] * 20
        assert worker.failures == 2


@pytest.mark.chaos
async def test_what_redis_did_not_hear_is_told_later(
    start: Start, table: Database, service_env: Mapping[str, str]
) -> None:
    redis = service_env["REDIS_IP"], int(service_env["REDIS_PORT"])
    async with wire_to(*redis) as wire:
        writer, reader = start(REDIS_PORT=wire.port), start()
        assert await reader.total() == ROWS
        assert await writer.total() == ROWS
        wire.forget()
        async with writer.database.transaction() as session:
            session.add(Specimen())
        assert writer.failures == 1
        assert await reader.total() == ROWS
        hits = writer.lookups("hit")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while writer.lookups("hit") == hits:
                assert await writer.total() == ROWS + 1
        assert await reader.total() == ROWS + 1
        await writer.close()
