"""The gauges of the pool, of one worker and of several."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager

import httpx2
import pytest
from sqlalchemy import text

from {{cookiecutter.module_name}}.storage.db import Database

from tests.running_service import RunningService

pytestmark = pytest.mark.slow

type Start = Callable[..., AbstractContextManager[RunningService]]

# Advisory locks are of one database, which is this worker's.
KEY = 4041
NAMES = {
    "open": "db_connections_active",
    "max": "db_pool_max_connections",
    "busy": "db_pool_connections_in_use",
    "idle": "db_pool_connections_available",
    "beyond": "db_pool_overflow_count",
    "made": "db_pool_connections_created_total",
}


async def until(
    client: httpx2.AsyncClient, expected: Mapping[str, float]
) -> None:
    """Returns when the gauges say so; else fails with what they say."""
    found: dict[str, float] = {}
    try:
        async with asyncio.timeout(20):
            while not expected.items() <= found.items():
                text = (await client.get("/metrics")).text
                lines = dict(
                    line.rsplit(" ", 1)
                    for line in text.splitlines()
                    if line[0] != "#"
                )
                found = {
                    short: float(lines[name])
                    for short, name in NAMES.items()
                    if name in lines
                }
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"{found} instead of {expected}")


@asynccontextmanager
async def busy(
    service: RunningService, database: Database, requests: int
) -> AsyncIterator[httpx2.AsyncClient]:
    """So many requests, each with a connection, hang for the block."""
    async with (
        database.reading() as session,
        httpx2.AsyncClient(base_url=service.url, timeout=60) as client,
    ):
        connection = await session.connection()
        await connection.execute(text(f"SELECT pg_advisory_lock({KEY})"))
        path = f"/probe/database/wait/{KEY}"
        hanging = [
            asyncio.create_task(client.get(path)) for _ in range(requests)
        ]
        yield client
        await connection.execute(text(f"SELECT pg_advisory_unlock({KEY})"))
        replies = await asyncio.gather(*hanging)
    assert [reply.status_code for reply in replies] == [200] * requests


async def test_work_overflow_and_rest(
    start_probe: Start, database: Database
) -> None:
    with start_probe(DB_POOL_SIZE="2", DB_MAX_OVERFLOW="3") as service:
        async with busy(service, database, 4) as client:
            await until(client, {"open": 4, "max": 5, "busy": 4, "beyond": 2})
        async with httpx2.AsyncClient(base_url=service.url) as client:
            rest = {"open": 2, "busy": 0, "idle": 2, "beyond": 0, "made": 4}
            await until(client, rest)


async def test_of_several_workers_the_sum(
    start_probe: Start, database: Database
) -> None:
    two = {"WORKERS": "2", "DB_POOL_SIZE": "2", "DB_MAX_OVERFLOW": "1"}
    with start_probe(**two) as service:
        async with busy(service, database, 3) as client:
            await until(client, {"max": 6, "busy": 3})
        async with httpx2.AsyncClient(base_url=service.url) as client:
            await until(client, {"max": 6, "busy": 0})


async def test_behind_a_pooler_only_open_ones(
    start_probe: Start, database: Database
) -> None:
    with start_probe(DB_PGBOUNCER="true") as service:
        async with busy(service, database, 1) as client:
            await until(client, {"open": 1, "max": 0})
        async with httpx2.AsyncClient(base_url=service.url) as client:
            await until(client, {"open": 0})
