"""Handlers that fail in odd ways have one reply, and hold no place."""

from collections.abc import Callable

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.counters import metric
from tests.probe.hardening_packages import (
    BIG,
    LET_TIDY,
    NO_EXCEPTION,
    ODD_DETAIL,
    TIDIED,
    TIDY,
)
from tests.running_service import RunningService
from tests.ws_client import connect

type Sign = Callable[..., str]
REPLIES = "ws_package_replies_total"
# More than WS_MAX_IN_FLIGHT.
MANY = 20
# WS_MAX_REPLY_SIZE, envelope included.
MOST = 256 * 1024


@pytest.mark.parametrize("package", [NO_EXCEPTION, ODD_DETAIL])
async def test_whatever_is_raised_there_is_one_reply(
    sockets: RunningService, sign: Sign, package: int
) -> None:
    counted = REPLIES + '{pkg_id="' + str(package) + '",status_code="1"}'
    before = await metric(sockets.url, counted)
    async with connect(sockets.url, sign()) as client:
        asked = [await client.request(package) for _ in range(MANY)]
        replies = [await client.reply(req_id) for req_id in asked]
        assert {r["data"]["code"] for r in replies} == {"internal"}
        assert {r["status_code"] for r in replies} == {1}
        assert (await client.ask(PkgID.WHOAMI))["status_code"] == 0
        assert await client.settled() == []
        assert not client.unread
    assert await metric(sockets.url, counted) == before + MANY


async def test_told_twice_a_handler_still_cleans_up(
    sockets: RunningService, sign: Sign
) -> None:
    async with connect(sockets.url, sign()) as client:
        req_id = await client.request(TIDY)
        for _ in range(3):
            await client.send({"type": "cancel", "req_id": req_id})
            # Taken in, and what it has begun runs.
            client.unread.extend(await client.settled())
        await client.ask(LET_TIDY)
        assert (await client.reply(req_id))["data"]["code"] == "cancelled"
        assert (await client.ask(TIDIED))["data"] == {"whole": 1}
        assert await client.settled() == []
        assert not client.unread


async def test_a_reply_has_a_size(sockets: RunningService, sign: Sign) -> None:
    async with connect(sockets.url, sign()) as client:
        reply = await client.ask(BIG, {"bytes": MOST - 200})
        assert len(reply["data"]) == MOST - 200
        reply = await client.ask(BIG, {"bytes": MOST})
        assert reply["data"]["code"] == "internal"
