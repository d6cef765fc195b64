"""PUBLIC packages before a login, where the service allows it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.probe.plain_packages import ECHO, OPEN
from tests.running_service import RunningService
from tests.ws_client import connect

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]


@pytest.fixture(scope="module")
def lenient(start_probe: Start) -> Iterator[str]:
    with start_probe(
        WS_ALLOW_ANONYMOUS="true", WS_AUTH_TIMEOUT="0.3"
    ) as service:
        yield service.url


async def test_public_packages_only(lenient: str) -> None:
    async with connect(lenient) as client:
        reply = await client.ask(OPEN)
        assert (reply["status_code"], reply["data"]) == (0, None)
        await client.request(ECHO)
        assert await client.collect() == []
        assert client.connection.close_code == 4401


async def test_an_anonymous_socket_stays(lenient: str) -> None:
    async with connect(lenient) as client, connect(lenient) as other:
        # Nothing but time decides here, so two sockets wait for each other.
        for _ in range(10):
            await client.ask(OPEN)
            await other.ask(OPEN)


async def test_it_may_log_in_later(lenient: str, sign: Sign) -> None:
    async with connect(lenient) as client:
        await client.ask(OPEN)
        await client.log_in(sign())
        assert (await client.ask(OPEN))["data"] == "alice"
        assert (await client.ask(PkgID.WHOAMI))["status_code"] == 0


async def test_what_is_no_request_is_told_so(lenient: str) -> None:
    async with connect(lenient) as client:
        reply = await client.exchange("no JSON")
        assert reply["status_code"] == 2
        reply = await client.ask(12345)
        assert reply["data"]["code"] == "unknown_package"
        assert (await client.ask(OPEN))["status_code"] == 0


async def test_a_login_finds_public_packages_open(
    sockets: RunningService, sign: Sign
) -> None:
    async with connect(sockets.url, sign()) as client:
        assert (await client.ask(OPEN))["data"] == "alice"
