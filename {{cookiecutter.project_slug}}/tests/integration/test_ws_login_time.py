"""A socket without a login does not stay."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.running_service import RunningService
from tests.ws_client import connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]


@pytest.fixture(scope="module")
def impatient(start_probe: Start) -> Iterator[str]:
    with start_probe(
        WS_AUTH_TIMEOUT="0.5", WS_ALLOW_QUERY_TOKEN="false"
    ) as service:
        yield service.url


async def test_no_login_in_time(impatient: str) -> None:
    started = time.monotonic()
    async with connect(impatient) as client:
        assert await client.collect() == []
        assert client.connection.close_code == 4408
    assert time.monotonic() - started >= 0.5


async def test_a_login_in_time_stays(impatient: str, sign: Sign) -> None:
    async with (
        connect(impatient, sign(), how="frame") as client,
        connect(impatient) as silent,
    ):
        # Opened later, so its end is past the time of the first one.
        assert (await silent.closed())[0] == 4408
        assert (await client.ask(PkgID.WHOAMI))["status_code"] == 0


async def test_a_slow_trickle_is_no_login(impatient: str) -> None:
    async with connect(impatient) as client:
        # Pings of the protocol do not buy time.
        while client.connection.state.name == "OPEN":
            await client.connection.ping()
            await asyncio.sleep(0.05)
        assert client.connection.close_code == 4408


async def test_a_token_in_the_query_may_be_forbidden(
    impatient: str, sign: Sign
) -> None:
    async with connect(impatient, sign(), how="query") as client:
        assert (await client.closed())[0] == 4408
    async with connect(impatient, sign(), how="header") as client:
        assert (await client.ask(PkgID.WHOAMI))["status_code"] == 0
