"""A large export costs little, and says when it fails."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest
from sqlalchemy import text

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

from scripts.stack import StackAddresses
from tests.audit_entries import store_many
from tests.local_issuer import Sign, Start
from tests.resources import MIB, resident_bytes
from tests.running_service import RunningService
from tests.scratch_database import scratch_database

pytestmark = pytest.mark.slow
URL = "/api/audit-logs/export"
NAME = "writer"
ONE_CONNECTION = {"DB_POOL_SIZE": "1", "DB_MAX_OVERFLOW": "0"}
COUNT = 100_000


@dataclass(frozen=True)
class Trail:
    """A service with COUNT entries in a database of its own."""

    service: RunningService
    client: httpx2.AsyncClient
    database: Database

    async def execute(self, statement: str) -> list[str]:
        """The first column, if there is one."""
        async with self.database.transaction() as session:
            connection = await session.connection()
            found = await connection.execute(text(statement))
            return [str(row[0]) for row in found] if found.returns_rows else []


@pytest.fixture
async def trail(
    stack: StackAddresses,
    service_env: dict[str, str],
    start_probe: Start,
    sign: Sign,
) -> AsyncIterator[Trail]:
    headers = {"Authorization": f"Bearer {sign('view-audit-logs')}"}
    async with scratch_database(stack) as name:
        settings = {**service_env, "DB_NAME": name}
        database = Database(Settings.model_validate(settings))
        await store_many(database, NAME, COUNT)
        with start_probe(DB_NAME=name, **ONE_CONNECTION) as service:
            async with httpx2.AsyncClient(
                base_url=service.url, headers=headers, timeout=60
            ) as client:
                yield Trail(service, client, database)
        await database.close()


async def test_memory_does_not_grow_with_the_file(trail: Trail) -> None:
    [pid] = trail.service.worker_pids
    # What a first export makes for good, such as statements, is not meant.
    await trail.client.get(
        URL, params={"username": NAME, "to_time": "2020-01-03T00:00:00Z"}
    )
    before = resident_bytes(pid)
    most = lines = 0
    async with trail.client.stream(
        "GET", URL, params={"username": NAME}
    ) as reply:
        async for chunk in reply.aiter_bytes():
            lines += chunk.count(b"\n")
            most = max(most, resident_bytes(pid))
    assert lines == COUNT + 1
    assert most - before < 20 * MIB


async def test_what_is_not_read_yet_holds_nothing(trail: Trail) -> None:
    """The end is deleted while the client pauses: it was not read before."""
    lines = 0
    async with trail.client.stream(
        "GET", URL, params={"username": NAME}
    ) as reply:
        chunks = reply.aiter_bytes()
        lines += (await anext(chunks)).count(b"\n")
        while await trail.execute(
            "SELECT state FROM pg_stat_activity"
            " WHERE datname = current_database() AND state <> 'idle'"
            " AND pid <> pg_backend_pid()"
        ):
            await asyncio.sleep(0.05)
        # Somebody else gets the one connection there is.
        assert (await trail.client.get("/api/audit-logs")).status_code == 200
        await trail.execute(
            "DELETE FROM user_actions WHERE timestamp < '2020-01-02Z'"
        )
        lines += await drained(chunks)
    head, first_day = 1, 24 * 60 - 1
    assert lines == head + COUNT - first_day


async def test_an_error_in_the_midst_breaks_the_transfer(
    trail: Trail,
) -> None:
    async with trail.client.stream(
        "GET", URL, params={"username": NAME}
    ) as reply:
        assert reply.status_code == 200
        chunks = reply.aiter_bytes()
        await anext(chunks)
        await trail.execute("ALTER TABLE user_actions RENAME TO gone")
        with pytest.raises(httpx2.RemoteProtocolError):
            await drained(chunks)
    # Where nothing is sent yet, it is a reply: here that of the audit, which
    # cannot write down either who asks.
    reply = await trail.client.get(URL)
    assert reply.status_code == 503
    assert reply.headers["content-type"] == "application/problem+json"


async def drained(chunks: AsyncIterator[bytes]) -> int:
    """How many lines there were."""
    return sum([chunk.count(b"\n") async for chunk in chunks])
