"""Messages before a login count for the client's address, or for nobody."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager

import pytest

from tests.counters import metric
from tests.probe.plain_packages import OPEN
from tests.raw_socket import frame, handshake, raw_connection
from tests.redis_clock import in_one_minute
from tests.running_service import RunningService
from tests.ws_client import Json, connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
LIMIT = 5
FRUITLESS = 'auth_token_validations_total{status="token_decode_error"}'
PROXY = {
    "WS_MESSAGE_RATE_LIMIT": str(LIMIT),
    "TRUSTED_PROXIES": '["127.0.0.1"]',
}


@pytest.fixture(scope="module")
def lenient(start_probe: Start) -> Iterator[str]:
    with start_probe(**PROXY, WS_ALLOW_ANONYMOUS="true") as service:
        yield service.url


@pytest.fixture(scope="module")
def strict(start_probe: Start) -> Iterator[str]:
    with start_probe(**PROXY) as service:
        yield service.url


class Addresses:
    """Networks that nobody has used before."""

    used = 0

    @classmethod
    def network(cls) -> str:
        cls.used += 1
        return f"2001:db8:0:{cls.used:x}"


def behind(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


async def test_an_address_is_a_network(
    lenient: str, service_env: Mapping[str, str]
) -> None:
    async def ask() -> list[Json]:
        replies = []
        network = Addresses.network()
        for number in range(LIMIT + 1):
            here = behind(f"{network}::{number}")
            async with connect(lenient, headers=here) as client:
                replies.append(await client.ask(OPEN))
        return replies

    replies = await in_one_minute(service_env, ask)
    assert [r["status_code"] for r in replies] == [0] * LIMIT + [1]
    there = behind(f"{Addresses.network()}::1")
    async with connect(lenient, headers=there) as client:
        assert (await client.ask(OPEN))["status_code"] == 0


async def test_a_login_changes_who_pays(
    lenient: str, sign: Sign, service_env: Mapping[str, str]
) -> None:
    async def ask() -> list[Json]:
        here = behind(f"{Addresses.network()}::1")
        async with connect(lenient, headers=here) as client:
            for _ in range(LIMIT - 1):
                await client.ask(OPEN)
            # The last that the address pays for.
            await client.log_in(sign())
            return [await client.ask(OPEN) for _ in range(LIMIT + 1)]

    replies = await in_one_minute(service_env, ask)
    assert [r["status_code"] for r in replies] == [0] * LIMIT + [1]


async def test_logins_of_an_office_are_not_messages(
    strict: str, sign: Sign, service_env: Mapping[str, str]
) -> None:
    """They come back together after each deployment."""

    async def log_in() -> None:
        here = behind(f"{Addresses.network()}::1")
        for _ in range(LIMIT + 5):
            async with connect(strict, sign(), how="frame", headers=here):
                pass

    await in_one_minute(service_env, log_in)


@pytest.mark.parametrize(
    "first", [{"type": "ping"}, {"type": "auth"}, {"no": "login"}]
)
async def test_without_a_login_there_is_one_frame(
    strict: str, first: Json
) -> None:
    """The others come with it, and are not looked at."""
    login = frame(json.dumps({"type": "auth", "token": "x"}))
    before = await metric(strict, FRUITLESS)
    async with raw_connection(strict) as raw:
        await raw.send(handshake())
        assert (await raw.head())[0] == 101
        await raw.send(frame(json.dumps(first)) + login * 20)
        closing = await raw.read()
        assert closing is not None
        assert closing.close_code == 4401
    assert await metric(strict, FRUITLESS) == before
