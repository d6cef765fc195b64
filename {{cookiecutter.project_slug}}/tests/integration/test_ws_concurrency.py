"""Requests of one socket run side by side, up to a bound."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.probe.failing_packages import CROWD, HASTY, STUBBORN
from tests.probe.packages import SLOW
from tests.probe.plain_packages import ECHO
from tests.running_service import RunningService
from tests.ws_client import connect

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]


async def test_replies_are_told_by_their_id(
    sockets: RunningService, sign: Sign
) -> None:
    async with connect(sockets.url, sign()) as client:
        slow = await client.request(SLOW, {"seconds": 0.5})
        quick = [await client.request(ECHO, {"n": n}) for n in range(5)]
        arrived = [await client.next() for _ in range(6)]
    assert arrived[-1]["req_id"] == slow
    assert {r["req_id"]: r["data"] for r in arrived[:-1]} == {
        req_id: {"n": n} for n, req_id in enumerate(quick)
    }


@pytest.fixture(scope="module")
def few(start_probe: Start) -> Iterator[str]:
    with start_probe(WS_MAX_IN_FLIGHT="4") as service:
        yield service.url


@pytest.mark.parametrize(("bound", "asked"), [(4, 40), (16, 100)])
async def test_the_bound(
    few: str, sockets: RunningService, sign: Sign, bound: int, asked: int
) -> None:
    url = few if bound == 4 else sockets.url
    async with connect(url, sign()) as client:
        ids = [
            await client.request(CROWD, {"seconds": 0.05})
            for _ in range(asked)
        ]
        replies = [await client.reply(req_id) for req_id in ids]
    assert [r["status_code"] for r in replies] == [0] * asked
    assert max(r["data"] for r in replies) == bound


async def test_each_socket_has_its_own(few: str, sign: Sign) -> None:
    token = sign()
    async with connect(few, token) as busy, connect(few, token) as other:
        for _ in range(10):
            await busy.request(SLOW, {"seconds": 0.5})
        assert (await other.ask(ECHO))["status_code"] == 0


async def test_cancel(sockets: RunningService, sign: Sign) -> None:
    async with connect(sockets.url, sign()) as client:
        req_id = await client.request(SLOW, {"seconds": 600})
        await client.send({"type": "cancel", "req_id": req_id})
        reply = await client.next()
        assert reply["req_id"] == req_id
        assert reply["pkg_id"] == SLOW
        assert reply["status_code"] == 1
        assert reply["data"]["code"] == "cancelled"
        # Its id is free again, and there is no second reply.
        await client.request(ECHO, req_id=req_id)
        assert (await client.reply(req_id))["pkg_id"] == ECHO
        assert await client.settled() == []


async def test_cancel_of_what_is_not_running(
    sockets: RunningService, sign: Sign
) -> None:
    async with connect(sockets.url, sign()) as client:
        reply = await client.ask(ECHO)
        for req_id in (reply["req_id"], str(uuid.uuid4()), "junk"):
            await client.send({"type": "cancel", "req_id": req_id})
        assert await client.settled() == []
        for wrong in ({}, {"req_id": 5}):
            answer = await client.exchange({"type": "cancel", **wrong})
            assert answer["status_code"] == 2


async def test_an_id_in_flight_is_taken(
    sockets: RunningService, sign: Sign
) -> None:
    async with connect(sockets.url, sign()) as client:
        req_id = await client.request(SLOW, {"seconds": 600})
        await client.request(ECHO, req_id=req_id)
        refused = await client.next()
        assert refused["req_id"] == req_id
        assert refused["status_code"] == 2
        assert refused["data"]["code"] == "conflict"
        # The first one still runs, and another socket may use the id.
        async with connect(sockets.url, sign()) as other:
            await other.request(ECHO, req_id=req_id)
            assert (await other.next())["status_code"] == 0
        await client.send({"type": "cancel", "req_id": req_id})
        assert (await client.next())["data"]["code"] == "cancelled"


@pytest.mark.parametrize("package", [HASTY, STUBBORN])
async def test_a_timeout_is_a_reply(
    sockets: RunningService, sign: Sign, package: int
) -> None:
    async with connect(sockets.url, sign()) as client:
        reply = await client.ask(package)
        assert reply["status_code"] == 1
        assert reply["data"]["code"] == "timeout"
        assert (await client.ask(ECHO))["status_code"] == 0


async def test_handlers_that_hang_do_not_hold_places(
    few: str, sign: Sign
) -> None:
    async with connect(few, sign()) as client:
        ids = [await client.request(STUBBORN) for _ in range(9)]
        replies = [await client.reply(req_id) for req_id in ids]
        assert Counter(r["data"]["code"] for r in replies) == {"timeout": 9}
