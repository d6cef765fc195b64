"""What is too old goes, a thousand rows at a time, by one worker."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from sqlalchemy import text

from {{cookiecutter.module_name}}.extensions.audit import repository, retention
from {{cookiecutter.module_name}}.extensions.audit.retention import Retention
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

from scripts.stack import StackAddresses
from tests.scratch_database import scratch_database

FILL = """
INSERT INTO user_actions (
    event_id, timestamp, user_roles, action_type, resource, outcome,
    response_status, duration_ms
)
SELECT gen_random_uuid(), now() - make_interval(days => :age), '[]', 'GET',
    '/', 'success', 200, 1
FROM generate_series(1, :number)
"""


@pytest.fixture
async def database(
    stack: StackAddresses, service_env: Mapping[str, str]
) -> AsyncIterator[Database]:
    """Of its own."""
    async with scratch_database(stack) as name:
        env = {**service_env, "DB_NAME": name}
        found = Database(Settings.model_validate(env))
        yield found
        await found.close()


async def fill(database: Database, age: int, number: int) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text(FILL), {"age": age, "number": number})


async def left(database: Database) -> int:
    async with database.engine.connect() as connection:
        found = await connection.scalar(
            text("SELECT count(*) FROM user_actions")
        )
    return int(found or 0)


async def test_only_the_old_go(database: Database) -> None:
    await fill(database, age=8, number=2 * retention.BATCH_SIZE + 7)
    await fill(database, age=6, number=20)
    assert await Retention(database, 7).clean() == 2007
    assert await left(database) == 20
    assert await Retention(database, 7).clean() == 0


async def test_one_at_a_time(database: Database) -> None:
    await fill(database, age=8, number=5)
    async with database.engine.begin() as connection:
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(:lock)"),
            {"lock": repository.LOCK},
        )
        assert await Retention(database, 7).clean() == 0
    assert await left(database) == 5
    cleaners = (Retention(database, 7).clean() for _ in range(3))
    assert sum(await asyncio.gather(*cleaners)) == 5


async def test_the_index_leads_to_the_oldest(database: Database) -> None:
    await fill(database, age=8, number=5000)
    async with database.engine.begin() as connection:
        await connection.execute(text("ANALYZE user_actions"))
        plan = await connection.execute(
            text(f"EXPLAIN {repository.DELETE.text}"),
            {
                "before": await connection.scalar(text("SELECT now()")),
                "most": 1,
            },
        )
        found = "\n".join(plan.scalars())
    assert "ix_user_actions_timestamp_id" in found
    assert "Seq Scan" not in found
