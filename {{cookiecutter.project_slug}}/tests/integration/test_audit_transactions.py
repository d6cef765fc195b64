"""A change and its row: both are committed, or neither."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Mapping

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.extensions.audit.metrics import AuditMetrics
from {{cookiecutter.module_name}}.extensions.audit.redaction import Redaction
from {{cookiecutter.module_name}}.extensions.audit.settings import AuditSettings
from {{cookiecutter.module_name}}.extensions.audit.store import EventStore
from {{cookiecutter.module_name}}.extensions.audit.strict import StrictWriter
from {{cookiecutter.module_name}}.extensions.audit.trail import AuditTrail
from {{cookiecutter.module_name}}.protocols import AuditAction
from {{cookiecutter.module_name}}.storage.db import Database
from {{cookiecutter.module_name}}.storage.pagination.counts import note_written

from tests.audit_table import AuditTable, audit_table

# A key that is checked at the COMMIT.
TABLE = """
CREATE TABLE IF NOT EXISTS audited_change (
    request_id text,
    parent text REFERENCES audited_parent DEFERRABLE INITIALLY DEFERRED
)
"""
PARENT = "CREATE TABLE IF NOT EXISTS audited_parent (id text PRIMARY KEY)"


@pytest.fixture
async def table(service_env: Mapping[str, str]) -> AsyncIterator[AuditTable]:
    async with audit_table(service_env) as found:
        yield found


@pytest.fixture
async def trail(database: Database) -> AuditTrail:
    async with database.transaction() as session:
        await run(session, PARENT)
        await run(session, TABLE)
    metrics = AuditMetrics(CollectorRegistry())
    writer = StrictWriter(
        EventStore(database), AuditSettings(_env_file=None), metrics
    )
    found = AuditTrail(writer, Redaction(max_bytes=8192), metrics)
    database.before_commit.append(found.before_commit)
    return found


@pytest.fixture
def action(trail: AuditTrail) -> AuditAction:
    """Begun in the task of the test."""
    return AuditAction(
        action_type="POST",
        resource="/changes",
        request_id=str(uuid.uuid4()),
        started=time.perf_counter(),
        success_status=201,
    )


async def run(session: AsyncSession, statement: str, **values: object) -> None:
    connection = await session.connection()
    await connection.execute(text(statement), values)


async def change(
    session: AsyncSession, action: AuditAction, parent: str | None = None
) -> None:
    await run(
        session,
        "INSERT INTO audited_change VALUES (:id, :parent)",
        id=action.request_id,
        parent=parent,
    )
    note_written(session, "audited_change")


async def changes(database: Database, action: AuditAction) -> int:
    async with database.reading() as session:
        found = await session.scalar(
            text("SELECT count(*) FROM audited_change WHERE request_id = :id"),
            {"id": action.request_id},
        )
    return int(found)


async def test_a_change_has_one_row(
    database: Database,
    trail: AuditTrail,
    action: AuditAction,
    table: AuditTable,
) -> None:
    trail.begin(action)
    async with database.transaction() as session:
        await change(session, action)
        assert action.rows == 0
    assert action.rows == 1
    await trail.end(action, "success", 201)
    row = await table.one(action.request_id)
    assert (row["outcome"], row["response_status"]) == ("success", 201)
    assert await changes(database, action) == 1


async def test_a_rollback_leaves_no_row_but_the_error(
    database: Database,
    trail: AuditTrail,
    action: AuditAction,
    table: AuditTable,
) -> None:
    async def work() -> None:
        async with database.transaction() as session:
            await change(session, action)
            raise RuntimeError

    trail.begin(action)
    with pytest.raises(RuntimeError):
        await work()
    assert await table.of(action.request_id) == []
    await trail.end(action, "error", 500, "why")
    row = await table.one(action.request_id)
    assert (row["outcome"], row["error_message"]) == ("error", "why")
    assert await changes(database, action) == 0


async def test_a_commit_that_fails_is_not_taken_for_kept(
    database: Database,
    trail: AuditTrail,
    action: AuditAction,
    table: AuditTable,
) -> None:
    trail.begin(action)
    with pytest.raises(Exception, match="foreign key"):
        async with database.transaction() as session:
            await change(session, action, parent="none")
    assert action.rows == 0
    assert await table.of(action.request_id) == []
    await trail.end(action, "success", 200)
    assert len(await table.of(action.request_id)) == 1


@pytest.mark.parametrize("fate", ["success", "error"])
async def test_a_commit_that_is_not_answered_has_one_row(
    database: Database,
    trail: AuditTrail,
    action: AuditAction,
    table: AuditTable,
    fate: str,
) -> None:
    trail.begin(action)
    async with AsyncSession(database.engine) as session:
        await change(session, action)
        # Nobody calls what this returns.
        await trail.before_commit(session)
        await (session.commit() if fate == "success" else session.rollback())
    await trail.end(action, "error", 503)
    row = await table.one(action.request_id)
    assert row["outcome"] == fate
    assert await changes(database, action) == (fate == "success")


async def test_an_error_after_a_change_is_kept_too(
    database: Database,
    trail: AuditTrail,
    action: AuditAction,
    table: AuditTable,
) -> None:
    trail.begin(action)
    for _ in range(2):
        async with database.transaction() as session:
            await change(session, action)
    await trail.end(action, "error", 500)
    rows = await table.of(action.request_id)
    assert [row["outcome"] for row in rows] == ["success", "success", "error"]
    assert len({row["event_id"] for row in rows}) == 3


async def test_a_row_that_cannot_be_written_stops_the_change(
    database: Database, trail: AuditTrail, action: AuditAction
) -> None:
    trail.begin(action)
    action.success_status = 2**40
    with pytest.raises(Exception, match=r"int32|integer"):
        async with database.transaction() as session:
            await change(session, action)
    assert await changes(database, action) == 0


async def test_nobody_commits_past_the_row(
    database: Database, trail: AuditTrail, action: AuditAction
) -> None:
    async def work() -> None:
        async with database.transaction() as session:
            await change(session, action)
            await session.commit()

    trail.begin(action)
    with pytest.raises(TypeError, match="commits"):
        await work()
    assert await changes(database, action) == 0


async def test_reads_and_changes_of_nobody_have_no_row(
    database: Database,
    trail: AuditTrail,
    action: AuditAction,
    table: AuditTable,
) -> None:
    async with database.transaction() as session:
        await change(session, action)
    trail.begin(action)
    async with database.transaction() as session:
        await run(session, "SELECT 1")
    assert action.rows == 0
    assert await table.of(action.request_id) == []


async def test_an_action_is_of_its_task(
    database: Database,
    trail: AuditTrail,
    action: AuditAction,
    table: AuditTable,
) -> None:
    async def another() -> None:
        trail.begin(action)

    await asyncio.create_task(another())
    async with database.transaction() as session:
        await change(session, action)
    assert await table.of(action.request_id) == []


@pytest.mark.parametrize("after_ms", range(0, 12, 2))
async def test_cancelled_at_any_moment(
    database: Database,
    trail: AuditTrail,
    action: AuditAction,
    table: AuditTable,
    after_ms: int,
) -> None:
    """As many successes as changes, and one end."""

    async def work() -> None:
        trail.begin(action)
        async with database.transaction() as session:
            await change(session, action)

    task = asyncio.create_task(work())
    await asyncio.wait({task}, timeout=after_ms / 1000)
    task.cancel()
    await asyncio.wait({task})
    outcome = ("error", 499) if task.cancelled() else ("success", 200)
    undecided = action.undecided
    await trail.end(action, *outcome)  # type: ignore[arg-type]
    rows = await table.of(action.request_id)
    kept = [row for row in rows if row["outcome"] == "success"]
    assert len(kept) == await changes(database, action)
    if undecided is None:
        assert len(rows) - len(kept) == task.cancelled()
    else:
        assert len(rows) == 1
