"""Changes by HTTP and by package, with the status that clients read."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager

import httpx2
import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.constants import DISTRIBUTION

from tests.audit_table import AuditTable, audit_table
from tests.own_postgres import OwnPostgres
from tests.running_service import RunningService
from tests.scratch_database import migrate
from tests.ws_client import connect

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
ROLES = ("get-authors", "create-author", "update-author", "delete-author")


@pytest.fixture(scope="module")
def alone(
    own_server: OwnPostgres, start_probe: Start
) -> Iterator[RunningService]:
    """On a PostgreSQL that nobody else asks."""
    migrate(own_server.environment)
    with start_probe(**own_server.environment) as service:
        yield service


@pytest.fixture
async def table(own_server: OwnPostgres) -> AsyncIterator[AuditTable]:
    async with audit_table(own_server.environment) as found:
        yield found


@pytest.fixture
async def ask(
    alone: RunningService, sign: Sign
) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Authorization": f"Bearer {sign(*ROLES, 'admin')}"}
    async with httpx2.AsyncClient(
        base_url=alone.url, headers=headers, timeout=30
    ) as found:
        await found.get("/api/authors")
        yield found


def correlated() -> dict[str, str]:
    return {"X-Correlation-ID": str(uuid.uuid4())}


def statements(server: OwnPostgres) -> list[str]:
    """Their first words."""
    return [
        words[0].rstrip(";").upper()
        for found in server.statements(DISTRIBUTION)
        if (words := found.split())
    ]


async def test_statuses_of_changes(
    ask: httpx2.AsyncClient, table: AuditTable
) -> None:
    calls = [correlated() for _ in range(4)]
    name = str(uuid.uuid4())
    made = await ask.post(
        "/api/authors", json={"name": name}, headers=calls[0]
    )
    path = f"/api/authors/{made.json()['id']}"
    changed = {"name": f"{name}x"}
    replies = [
        made,
        await ask.put(path, json=changed, headers=calls[1]),
        await ask.post("/api/authors", json=changed, headers=calls[2]),
        await ask.delete(path, headers=calls[3]),
    ]
    assert [r.status_code for r in replies] == [201, 200, 409, 204]
    for call, reply in zip(calls, replies, strict=True):
        row = await table.one(call["X-Correlation-ID"])
        assert row["response_status"] == reply.status_code
        failed = reply.status_code == 409
        assert row["outcome"] == ("error" if failed else "success")
        assert row["user_id"] is not None
    row = await table.one(calls[0]["X-Correlation-ID"])
    assert row["request_data"] == {"body": {"name": name}}


async def test_a_package_that_changes(
    alone: RunningService, sign: Sign, table: AuditTable
) -> None:
    data = {"name": str(uuid.uuid4())}
    async with connect(alone.url, sign(*ROLES, "admin")) as client:
        made = await client.ask(PkgID.CREATE_AUTHOR, data)
        again = await client.ask(PkgID.CREATE_AUTHOR, data)
    assert made["status_code"] == 0
    row = await table.one(made["req_id"])
    assert row["action_type"] == "WS:CREATE_AUTHOR"
    assert (row["outcome"], row["request_data"]) == ("success", data)
    row = await table.one(again["req_id"])
    assert (row["outcome"], row["response_status"]) == ("error", 409)


async def test_a_read_costs_one_select_and_one_insert(
    ask: httpx2.AsyncClient, own_server: OwnPostgres
) -> None:
    before = len(statements(own_server))
    assert (await ask.get("/api/authors")).status_code == 200
    assert statements(own_server)[before:] == ["SELECT", "INSERT"]


async def test_a_change_costs_one_insert_more(
    ask: httpx2.AsyncClient, own_server: OwnPostgres
) -> None:
    before = len(statements(own_server))
    await ask.post("/api/authors", json={"name": str(uuid.uuid4())})
    assert statements(own_server)[before:] == [
        "BEGIN",
        "INSERT",
        "INSERT",
        "COMMIT",
    ]


async def test_a_hundred_at_once_take_few_inserts(
    ask: httpx2.AsyncClient, own_server: OwnPostgres, table: AuditTable
) -> None:
    before, kept = statements(own_server), await table.count()
    replies = await asyncio.gather(*(ask.get("/api/me") for _ in range(100)))
    assert {reply.status_code for reply in replies} == {200}
    assert await table.count() == kept + 100
    inserts = statements(own_server)[len(before) :].count("INSERT")
    assert inserts <= 50


async def test_packages_share_inserts(
    alone: RunningService,
    sign: Sign,
    own_server: OwnPostgres,
    table: AuditTable,
) -> None:
    async with connect(alone.url, sign()) as client:
        before, kept = statements(own_server), await table.count()
        sent = [await client.request(PkgID.WHOAMI) for _ in range(160)]
        for req_id in sent:
            await client.reply(req_id)
    assert await table.count() == kept + 160
    inserts = statements(own_server)[len(before) :].count("INSERT")
    assert inserts <= 80
