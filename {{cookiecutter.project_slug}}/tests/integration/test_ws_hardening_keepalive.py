"""Pings tell who is gone from who is busy."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.counters import becomes, metric
from tests.deaf_socket import deaf_socket, request
from tests.probe.hardening_packages import BIG
from tests.probe.packages import SLOW
from tests.raw_socket import raw_socket
from tests.running_service import RunningService
from tests.ws_client import connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
TIMED_OUT = 'ws_connections_closed_total{code="1011"}'
ACTIVE = "ws_connections_active"
# Two at a time, half a second each: many times the patience with a pong.
REQUESTS = 8


@pytest.fixture(scope="module")
def watchful(start_probe: Start) -> Iterator[RunningService]:
    with start_probe(
        WS_PING_INTERVAL="0.2", WS_PING_TIMEOUT="0.2", WS_MAX_IN_FLIGHT="2"
    ) as service:
        yield service
        assert "Traceback" not in service.log


async def test_whose_requests_wait_is_not_gone(
    watchful: RunningService, sign: Sign
) -> None:
    """Its pong stands behind requests that nobody reads yet."""
    before = await metric(watchful.url, TIMED_OUT)
    async with connect(watchful.url, sign()) as client:
        asked = [
            await client.request(SLOW, {"seconds": 0.5})
            for _ in range(REQUESTS)
        ]
        replies = [await client.reply(req_id) for req_id in asked]
        assert {r["status_code"] for r in replies} == {0}
        assert await client.settled() == []
    assert await metric(watchful.url, TIMED_OUT) == before


async def test_who_answers_no_ping_is_gone(
    watchful: RunningService, sign: Sign
) -> None:
    before = await metric(watchful.url, TIMED_OUT)
    async with raw_socket(watchful.url, sign()) as silent:
        assert await silent.close_code() == 1011
        await becomes(watchful.url, TIMED_OUT, before + 1)


async def test_so_is_who_does_not_read_either(
    watchful: RunningService, sign: Sign
) -> None:
    """Its requests wait for it, so that its pong need not be waited for."""
    before = await metric(watchful.url, TIMED_OUT)
    async with deaf_socket(watchful.url, sign()) as deaf:
        for _ in range(60):
            await deaf.send(request(BIG, {"bytes": 200_000}))
        await becomes(watchful.url, TIMED_OUT, before + 1)
        await becomes(watchful.url, ACTIVE, 0)
