"""WHOAMI costs no statement and hardly a call of Redis."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.constants import DISTRIBUTION

from tests.own_postgres import OwnPostgres
from tests.own_valkey import OwnValkey, own_valkey
from tests.probe.bus_packages import SEND_TO_USER
from tests.redis_calls import recorded
from tests.running_service import RunningService
from tests.scratch_database import migrate
from tests.ws_client import Login, connect

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
MESSAGES = 250


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="module")
def alone(
    own_server: OwnPostgres, valkey: OwnValkey, start_probe: Start
) -> Iterator[RunningService]:
    """On servers that nobody else asks."""
    migrate(own_server.environment)
    with start_probe(
        **own_server.environment,
        **valkey.environment,
        WS_MESSAGE_RATE_LIMIT="300",
    ) as service:
        yield service


def reads(server: OwnPostgres) -> list[str]:
    return [
        statement
        for statement in server.statements(DISTRIBUTION)
        if statement.upper().startswith("SELECT")
    ]


@pytest.mark.parametrize("how", ["header", "frame", "query"])
async def test_whoami_asks_hardly_anybody(
    alone: RunningService,
    own_server: OwnPostgres,
    valkey: OwnValkey,
    sign: Sign,
    how: Login,
) -> None:
    """Nothing is read; of Redis permits, a tenth of the limit at a time.

    The login and what the service asks by itself meanwhile are included.
    """
    # What pieces write about it needs connections, which ask a lot.
    async with connect(alone.url, sign()) as client:
        await client.ask(PkgID.WHOAMI)
    before = reads(own_server)
    async with (
        recorded(valkey.environment) as calls,
        connect(alone.url, sign(), how=how) as client,
    ):
        for _ in range(MESSAGES):
            reply = await client.ask(PkgID.WHOAMI)
            assert reply["status_code"] == 0
    print(f"\n{len(calls)} calls of Redis for {MESSAGES} messages")
    assert reads(own_server) == before
    # A lease for each tenth, one more where a minute ended.
    assert 9 <= calls.count("EVALSHA") <= 15
    assert len(calls) < 0.2 * MESSAGES


async def test_a_message_by_the_bus_is_one_call(
    alone: RunningService, valkey: OwnValkey, sign: Sign
) -> None:
    order = {"user_id": "u1", "message": "hello"}
    async with connect(alone.url, sign()) as client:
        async with recorded(valkey.environment) as calls:
            await client.ask(SEND_TO_USER, order)
        assert calls.count("PUBLISH") == 1
