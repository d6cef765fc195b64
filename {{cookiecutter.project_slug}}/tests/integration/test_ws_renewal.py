"""A login ends with its token, unless a newer one comes in time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.running_service import RunningService
from tests.ws_client import Login, connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]


@pytest.fixture(scope="module")
def strict(start_probe: Start) -> Iterator[str]:
    """Warns 2 s before a token ends, and adds nothing to its life."""
    with start_probe(
        TOKEN_CLOCK_SKEW_SECONDS="0", WS_TOKEN_EXPIRY_NOTICE="2"
    ) as service:
        yield service.url


@pytest.mark.parametrize("how", ["header", "frame"])
async def test_the_end_is_announced_and_comes(
    strict: str, sign: Sign, how: Login
) -> None:
    async with connect(strict, sign(seconds=4), how=how) as client:
        who = await client.ask(PkgID.WHOAMI)
        end = datetime.fromisoformat(who["data"]["expires_at"])
        warning = await client.control("auth_expiring")
        assert warning["expires_at"] == who["data"]["expires_at"]
        left = (end - datetime.now(UTC)).total_seconds()
        assert 0 < left <= 2.1
        assert await client.collect() == []
        assert datetime.now(UTC) >= end
        assert client.connection.close_code == 4401
        assert client.connection.close_reason == "token_expired"


async def test_a_short_token_is_warned_of_at_once(
    strict: str, sign: Sign
) -> None:
    async with connect(strict, sign(seconds=2), how="frame") as client:
        await client.control("auth_expiring")


async def test_a_newer_token_keeps_the_socket(strict: str, sign: Sign) -> None:
    async with connect(strict, sign(seconds=3, sub="u1")) as client:
        before = (await client.ask(PkgID.WHOAMI))["data"]["expires_at"]
        await client.control("auth_expiring")
        welcome = await client.log_in(
            sign("new-role", seconds=6, sub="u1", sid="another")
        )
        assert welcome["expires_at"] > before
        assert welcome["roles"] == ["new-role"]
        # Past the end of the first token, before that of the second.
        await client.control("auth_expiring")
        who = await client.ask(PkgID.WHOAMI)
        assert who["data"]["expires_at"] == welcome["expires_at"]
        assert who["data"]["roles"] == ["new-role"]
        assert (await client.closed())[0] == 4401


async def test_it_must_be_of_the_same_subject(
    sockets: RunningService, sign: Sign
) -> None:
    async with connect(sockets.url, sign(sub="u1")) as client:
        await client.send({"type": "auth", "token": f"Bearer {sign()}"})
        code, reason = await client.closed()
        assert code == 4401
        assert reason == "invalid_credentials"


async def test_a_renewal_that_fails_ends_the_login(
    sockets: RunningService, sign: Sign
) -> None:
    async with connect(sockets.url, sign(sub="u1")) as client:
        stale = sign(seconds=-60, sub="u1")
        await client.send({"type": "auth", "token": f"Bearer {stale}"})
        assert await client.closed() == (4401, "token_expired")
