"""PostgreSQL dies or freezes: strict refuses, relaxed catches up."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager

import httpx2
import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.audit_table import audit_table
from tests.own_postgres import OwnPostgres, own_postgres
from tests.running_service import RunningService
from tests.scratch_database import migrate
from tests.ws_client import connect

pytestmark = pytest.mark.chaos

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
STRICT = {"AUDIT_WRITE_TIMEOUT_SECONDS": "1"}
RELAXED = {
    "AUDIT_DURABILITY": "relaxed",
    "AUDIT_BATCH_TIMEOUT_SECONDS": "0.05",
}


@pytest.fixture
def postgres(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OwnPostgres]:
    folder = tmp_path_factory.mktemp("audited")
    with own_postgres(folder, options={}) as server:
        migrate(server.environment)
        yield server


@pytest.fixture
async def ask(sign: Sign) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Authorization": f"Bearer {sign()}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as found:
        yield found


async def get(
    ask: httpx2.AsyncClient, service: RunningService
) -> tuple[httpx2.Response, str]:
    """What needs no database; and its request id."""
    request_id = str(uuid.uuid4())
    reply = await ask.get(
        f"{service.url}/api/me", headers={"X-Correlation-ID": request_id}
    )
    return reply, request_id


@pytest.mark.parametrize(
    ("fault", "mend"),
    [
        (OwnPostgres.kill, OwnPostgres.start),
        (OwnPostgres.freeze, OwnPostgres.thaw),
    ],
    ids=["killed", "frozen"],
)
async def test_strict_refuses_what_it_cannot_keep(
    postgres: OwnPostgres,
    start_probe: Start,
    ask: httpx2.AsyncClient,
    sign: Sign,
    fault: Callable[[OwnPostgres], None],
    mend: Callable[[OwnPostgres], None],
) -> None:
    with start_probe(**postgres.environment, **STRICT) as service:
        async with connect(service.url, sign()) as client:
            assert (await get(ask, service))[0].status_code == 200
            fault(postgres)
            reply, refused = await get(ask, service)
            package = await client.ask(PkgID.WHOAMI)
            mend(postgres)
            again, kept = await get(ask, service)
            while again.status_code == 503:
                again, kept = await get(ask, service)
            answered = await client.ask(PkgID.WHOAMI)
    assert reply.status_code == 503
    assert reply.json()["code"] == "unavailable"
    assert reply.headers["X-Correlation-ID"] == refused
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert package["status_code"] == 1
    assert package["data"]["code"] == "unavailable"
    assert (again.status_code, answered["status_code"]) == (200, 0)
    async with audit_table(postgres.environment) as table:
        await table.one(kept)
        await table.one(answered["req_id"])
        assert len(await table.of(refused)) <= 1


async def test_strict_refuses_a_login_that_it_cannot_keep(
    postgres: OwnPostgres, start_probe: Start, sign: Sign
) -> None:
    with start_probe(**postgres.environment, **STRICT) as service:
        postgres.kill()
        async with connect(service.url, sign()) as client:
            code, reason = await client.closed()
    assert (code, reason) == (1013, "unavailable")


async def test_relaxed_serves_on_and_catches_up(
    postgres: OwnPostgres, start_probe: Start, ask: httpx2.AsyncClient
) -> None:
    with start_probe(**postgres.environment, **RELAXED) as service:
        postgres.kill()
        sent = [await get(ask, service) for _ in range(30)]
        assert {reply.status_code for reply, _ in sent} == {200}
        postgres.start()
        async with audit_table(postgres.environment) as table:
            for _, request_id in sent:
                await table.coming(request_id)
            assert await table.count() == 30
        assert service.log.count("audit trail cannot be written") == 1
