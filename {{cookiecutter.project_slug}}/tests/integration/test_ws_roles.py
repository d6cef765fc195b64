"""A package's roles are all needed."""

from collections.abc import Callable

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.probe.plain_packages import TWO_ROLES
from tests.running_service import RunningService
from tests.ws_client import connect

type Sign = Callable[..., str]


@pytest.mark.parametrize(
    ("roles", "missing"),
    [
        ((), "left-key, right-key"),
        (("left-key",), "right-key"),
        (("right-key", "other"), "left-key"),
        (("LEFT-KEY", "right-key"), "left-key"),
    ],
)
async def test_the_missing_ones_are_named(
    sockets: RunningService,
    sign: Sign,
    roles: tuple[str, ...],
    missing: str,
) -> None:
    async with connect(sockets.url, sign(*roles)) as client:
        reply = await client.ask(TWO_ROLES)
        assert reply["status_code"] == 3
        assert reply["data"]["code"] == "permission_denied"
        assert reply["data"]["msg"] == f"Missing roles: {missing}."
        # The socket stays, and what needs no role is open.
        assert (await client.ask(PkgID.WHOAMI))["status_code"] == 0


async def test_who_has_all_may(sockets: RunningService, sign: Sign) -> None:
    token = sign("right-key", "left-key", "more")
    async with connect(sockets.url, token) as client:
        assert (await client.ask(TWO_ROLES))["data"] == "open"


async def test_roles_are_those_of_the_newest_token(
    sockets: RunningService, sign: Sign
) -> None:
    async with connect(sockets.url, sign(sub="u1")) as client:
        assert (await client.ask(TWO_ROLES))["status_code"] == 3
        await client.log_in(sign("left-key", "right-key", sub="u1"))
        assert (await client.ask(TWO_ROLES))["status_code"] == 0
        await client.log_in(sign(sub="u1"))
        assert (await client.ask(TWO_ROLES))["status_code"] == 3
