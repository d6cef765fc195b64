"""A request costs Redis one command: for its limits, and for a logout."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager

import httpx2
import pytest

from tests.limiters import limiter_parts
from tests.own_valkey import OwnValkey, own_valkey
from tests.redis_calls import recorded
from tests.running_service import RunningService

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]

PREFIX = "cost:"


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="module")
def alone(valkey: OwnValkey, start_probe: Start) -> Iterator[RunningService]:
    """On a Valkey that nobody else asks; without the sweep of sockets."""
    with start_probe(
        **settings_of(valkey), SESSION_SWEEP_SECONDS="60"
    ) as service:
        yield service


def settings_of(valkey: OwnValkey) -> dict[str, str]:
    return {**valkey.environment, "REDIS_PREFIX": PREFIX}


@pytest.fixture
async def client(
    alone: RunningService, sign: Sign
) -> AsyncIterator[httpx2.AsyncClient]:
    """Logged in; the script is known already."""
    token = {"Authorization": f"Bearer {sign()}"}
    async with httpx2.AsyncClient(base_url=alone.url, headers=token) as found:
        await found.get("/api/me")
        yield found


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/me", 200),
        ("/probe/limited/twice", 200),
        ("/nowhere", 404),
    ],
)
async def test_one_command(
    client: httpx2.AsyncClient, valkey: OwnValkey, path: str, status: int
) -> None:
    async with recorded(valkey.environment) as commands:
        reply = await client.get(path)
    assert commands == ["EVALSHA"]
    assert reply.status_code == status
    assert "x-ratelimit-limit" in reply.headers


async def test_that_command_tells_of_a_logout(
    client: httpx2.AsyncClient, valkey: OwnValkey
) -> None:
    session = (await client.get("/api/me")).json()["session_id"]
    async with limiter_parts(settings_of(valkey)) as parts:
        key = f"{PREFIX}session:revoked:sid:{session}"
        await parts.redis.set(key, 1)
    async with recorded(valkey.environment) as commands:
        reply = await client.get("/api/me")
    assert commands == ["EVALSHA"]
    assert reply.status_code == 401
    assert reply.json()["code"] == "token_revoked"
    assert "invalid_token" in reply.headers["www-authenticate"]
    # Who needs no login is served with any token.
    reply = await client.get("/probe/limited/thrice")
    assert reply.status_code == 200
    assert "x-ratelimit-limit" in reply.headers


async def test_none_where_no_limit_is(
    client: httpx2.AsyncClient, valkey: OwnValkey
) -> None:
    async with recorded(valkey.environment) as commands:
        await client.get("/health/live")
    assert commands == []
