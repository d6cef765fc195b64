"""Three ways to log in, and what happens without."""

from collections.abc import Callable

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.probe.plain_packages import ECHO, OPEN
from tests.running_service import RunningService
from tests.ws_client import Json, Login, connect

type Sign = Callable[..., str]
WAYS: list[Login] = ["header", "frame", "query"]
REQUEST = {
    "req_id": "a3bb189e-8bf9-3888-9912-ace4e6543002",
    "pkg_id": ECHO,
    "data": {},
}


@pytest.mark.parametrize("how", WAYS)
async def test_each_way_is_the_same_login(
    sockets: RunningService, sign: Sign, how: Login
) -> None:
    token = sign("b", "a", sub="user-1", sid="session-1")
    async with connect(sockets.url, token, how=how) as client:
        reply = await client.ask(PkgID.WHOAMI)
        assert reply["status_code"] == 0
        assert reply["data"]["id"] == "user-1"
        assert reply["data"]["username"] == "alice"
        assert reply["data"]["roles"] == ["a", "b"]
        assert reply["data"]["session_id"] == "session-1"
        assert set(reply["data"]) == {
            "id",
            "username",
            "roles",
            "session_id",
            "expires_at",
        }
        # Only an auth frame is answered by auth_ok.
        assert await client.settled() == []
        assert not client.unread


async def test_auth_ok(sockets: RunningService, sign: Sign) -> None:
    token = sign("b", "a", sub="user-1")
    async with connect(sockets.url) as client:
        welcome = await client.log_in(token)
    assert set(welcome) == {"type", "user", "roles", "expires_at"}
    assert welcome["user"]["id"] == "user-1"
    assert welcome["user"]["username"] == "alice"
    assert welcome["roles"] == ["a", "b"]


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"seconds": -60}, "token_expired"),
        ({"iss": "http://issuer.test/realms/other"}, "invalid_credentials"),
        ({"azp": "another", "aud": "x"}, "invalid_credentials"),
        ({"typ": "ID"}, "invalid_credentials"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_a_refused_token_is_told_by_a_close_code(
    sockets: RunningService, sign: Sign, how: Login, claims: Json, reason: str
) -> None:
    assert await refused(sockets.url, sign(**claims), how) == (4401, reason)


@pytest.mark.parametrize("how", WAYS)
async def test_junk_is_no_token(sockets: RunningService, how: Login) -> None:
    found = await refused(sockets.url, "junk", how)
    assert found == (4401, "token_decode_error")


async def refused(
    url: str, token: str, how: Login
) -> tuple[int | None, str | None]:
    if how == "frame":
        async with connect(url) as client:
            await client.send({"type": "auth", "token": f"Bearer {token}"})
            return await client.closed()
    # The handshake itself succeeds: a browser sees the code.
    async with connect(url, token, how=how) as client:
        return await client.closed()


@pytest.mark.parametrize(
    "first",
    [
        REQUEST,
        {**REQUEST, "pkg_id": OPEN},
        {**REQUEST, "pkg_id": 12345},
        {"type": "ping"},
        {"type": "cancel", "req_id": REQUEST["req_id"]},
        {"type": "nonsense"},
        {"type": "auth"},
        {"type": "auth", "token": 5},
        {},
        [],
        "no JSON",
    ],
    ids=str,
)
async def test_nothing_but_auth_is_served_before_the_login(
    sockets: RunningService, first: object
) -> None:
    async with connect(sockets.url) as client:
        await client.send(first)
        assert await client.collect() == []
        assert client.connection.close_code == 4401


async def test_what_follows_a_login_at_once_is_served(
    sockets: RunningService, sign: Sign
) -> None:
    async with connect(sockets.url) as client:
        await client.send({"type": "auth", "token": f"Bearer {sign()}"})
        await client.send(REQUEST)
        assert (await client.next())["type"] == "auth_ok"
        assert (await client.next())["status_code"] == 0


async def test_a_token_in_the_query_is_never_logged(
    sockets: RunningService, sign: Sign
) -> None:
    token = sign()
    async with connect(sockets.url, token, how="query") as client:
        await client.ask(PkgID.WHOAMI)
    async with connect(sockets.url, token + "x", how="query") as client:
        await client.closed()
    assert token[-40:] not in sockets.log
