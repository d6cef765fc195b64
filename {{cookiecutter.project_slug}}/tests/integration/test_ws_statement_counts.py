"""WHOAMI costs no statement and no call of Redis."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager

import pytest
from redis.asyncio import Redis

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.constants import DISTRIBUTION

from tests.own_postgres import OwnPostgres
from tests.own_valkey import PASSWORD, OwnValkey, own_valkey
from tests.probe.bus_packages import SEND_TO_USER
from tests.running_service import RunningService
from tests.scratch_database import migrate
from tests.ws_client import connect

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
# Connections of the service do that by themselves.
HOUSEKEEPING = {"hello", "auth", "select", "ping", "info", "client", "config"}


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
        **own_server.environment, **valkey.environment
    ) as service:
        yield service


async def redis_calls(environment: Mapping[str, str]) -> int:
    """All that clients asked so far."""
    async with Redis(
        port=int(environment["REDIS_PORT"]), password=PASSWORD
    ) as redis:
        stats = await redis.info("commandstats")
    return sum(
        found["calls"]
        for name, found in stats.items()
        if name.removeprefix("cmdstat_").split("|")[0] not in HOUSEKEEPING
    )


@pytest.mark.parametrize("how", ["header", "frame", "query"])
async def test_whoami_asks_nobody(
    alone: RunningService,
    own_server: OwnPostgres,
    valkey: OwnValkey,
    sign: Sign,
    how: str,
) -> None:
    statements = len(own_server.statements(DISTRIBUTION))
    calls = await redis_calls(valkey.environment)
    async with connect(alone.url, sign(), how=how) as client:  # type: ignore[arg-type]
        for _ in range(100):
            assert (await client.ask(PkgID.WHOAMI))["status_code"] == 0
    assert len(own_server.statements(DISTRIBUTION)) == statements
    assert await redis_calls(valkey.environment) == calls


async def test_a_message_by_the_bus_is_one_call(
    alone: RunningService, valkey: OwnValkey, sign: Sign
) -> None:
    order = {"user_id": "u1", "message": "hello"}
    async with connect(alone.url, sign()) as client:
        await client.ask(SEND_TO_USER, order)
        before = await redis_calls(valkey.environment)
        await client.ask(SEND_TO_USER, order)
        assert await redis_calls(valkey.environment) == before + 1
