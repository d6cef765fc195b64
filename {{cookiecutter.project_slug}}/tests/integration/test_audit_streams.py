"""What is kept of streams whose clients do not wait for their begin."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager

import asyncpg
import httpx2
import pytest

from tests.audit_table import AuditTable, audit_table
from tests.running_service import RunningService

type Start = Callable[..., AbstractContextManager[RunningService]]
PATIENCE_SECONDS = 20

pytestmark = pytest.mark.slow


@pytest.fixture
async def table(service_env: Mapping[str, str]) -> AsyncIterator[AuditTable]:
    async with audit_table(service_env) as found:
        yield found


@pytest.fixture
async def lock(
    service_env: Mapping[str, str],
) -> AsyncIterator[asyncpg.Connection]:
    """A transaction in which nobody else writes the trail."""
    connection = await asyncpg.connect(
        host=service_env["DB_HOST"],
        port=int(service_env["DB_PORT"]),
        user=service_env["DB_USER"],
        password=service_env["DB_PASSWORD"],
        database=service_env["DB_NAME"],
    )
    await connection.execute("BEGIN; LOCK TABLE user_actions IN SHARE MODE")
    yield connection
    await connection.close()


async def counted(
    client: httpx2.AsyncClient, outcome: str, number: int
) -> None:
    """Waits until so many actions are there to keep."""
    labels = '{outcome="' + outcome + '"}'
    line = f"\naudit_logs_total{labels} {number}.0\n"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while line not in (await client.get("/metrics")).text:
            await asyncio.sleep(0.02)


async def test_a_client_that_leaves_before_the_begin(
    start_probe: Start, table: AuditTable, lock: asyncpg.Connection
) -> None:
    """One waits while its row is written, the other for its turn."""
    ids = [str(uuid.uuid4()) for _ in range(2)]
    with start_probe(AUDIT_WRITE_TIMEOUT_SECONDS="60") as service:
        async with httpx2.AsyncClient(base_url=service.url) as client:
            asks = []
            for number, request_id in enumerate(ids, start=1):
                headers = {"X-Correlation-ID": request_id}
                reply = client.get("/probe/broken-stream", headers=headers)
                asks.append(asyncio.create_task(reply))
                await counted(client, "success", number)
            for ask in asks:
                ask.cancel()
            await counted(client, "error", 2)
            await lock.execute("ROLLBACK")
            for request_id in ids:
                await table.coming(request_id)
        service.terminate()
    found = [await table.one(request_id) for request_id in ids]
    assert [row["response_status"] for row in found] == [200, 499]
