"""A client that leaves takes everything with it."""

import asyncio
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.counters import becomes, metric
from tests.probe.bus_packages import FLOOD, SEND_TO_USER
from tests.probe.failing_packages import CROWD, CROWD_SIZE, STUBBORN
from tests.probe.plain_packages import ECHO
from tests.raw_socket import (
    BINARY,
    CLOSE,
    CONT,
    frame,
    raw_socket,
)
from tests.resources import open_sockets
from tests.running_service import RunningService
from tests.ws_client import PATIENCE_SECONDS, WebSocketClient, connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
ACTIVE = "ws_connections_active"
TOO_LONG = {"seconds": 600}


@pytest.fixture(scope="module")
def watched(start_probe: Start) -> Iterator[RunningService]:
    """Pings often; in the end nothing was unexpected."""
    with start_probe(WS_PING_INTERVAL="0.3", WS_PING_TIMEOUT="0.3") as service:
        yield service
        assert "Traceback" not in service.log


@pytest.fixture(scope="module")
def roomy(start_probe: Start) -> Iterator[RunningService]:
    """Cuts nobody off soon."""
    with start_probe(WS_OUTBOX_MAX_BYTES="100000000") as service:
        yield service


async def crowd(client: WebSocketClient, size: int) -> None:
    """Returns when so many of the user's requests run."""
    while (await client.ask(CROWD_SIZE))["data"] != size:
        pass


@pytest.mark.parametrize("politely", [True, False])
async def test_requests_in_flight_end_with_their_client(
    watched: RunningService, sign: Sign, *, politely: bool
) -> None:
    token = sign()
    async with connect(watched.url, token) as witness:
        async with connect(watched.url, token) as leaver:
            for _ in range(10):
                await leaver.request(CROWD, TOO_LONG)
            await crowd(witness, 10)
            if politely:
                await leaver.connection.close()
            else:
                leaver.connection.transport.abort()
        await crowd(witness, 0)
        await becomes(watched.url, ACTIVE, 1)
    await becomes(watched.url, ACTIVE, 0)


async def test_a_handler_that_does_not_stop_keeps_no_socket(
    watched: RunningService, sign: Sign
) -> None:
    async with connect(watched.url, sign()) as leaver:
        await leaver.request(STUBBORN)
    await becomes(watched.url, ACTIVE, 0)


async def test_who_has_left_gets_nothing(
    watched: RunningService, sign: Sign
) -> None:
    user = str(uuid.uuid4())
    async with connect(watched.url, sign()) as witness:
        async with connect(watched.url, sign(sub=user)):
            pass
        await becomes(watched.url, ACTIVE, 1)
        before = await metric(watched.url, "ws_messages_sent_total")
        order = {"user_id": user, "message": "hello"}
        assert (await witness.ask(SEND_TO_USER, order))["data"] == "sent"
        after = await metric(watched.url, "ws_messages_sent_total")
        assert after == before + 1


async def test_a_client_without_pongs_is_gone(
    watched: RunningService, sign: Sign
) -> None:
    async with raw_socket(watched.url, sign()) as silent:
        assert await silent.close_code() == 1011
        assert await silent.read() is None
        await becomes(watched.url, ACTIVE, 0)


async def test_a_client_that_is_deaf_is_gone_too(
    watched: RunningService, sign: Sign
) -> None:
    async with raw_socket(watched.url, sign()) as deaf:
        await deaf.push(echoes())
        await becomes(watched.url, ACTIVE, 1)
        await becomes(watched.url, ACTIVE, 0)


def echoes() -> Iterator[bytes]:
    """Replies without end, so that not even a close gets through."""
    data = {"text": "x" * 60_000}
    while True:
        asked = {"req_id": str(uuid.uuid4()), "pkg_id": ECHO}
        yield frame(json.dumps({**asked, "data": data}))


@pytest.mark.parametrize(
    "last", [frame(b"", CLOSE), frame("", CONT), frame(b"", BINARY)]
)
async def test_a_deaf_client_cannot_hold_what_was_closed(
    roomy: RunningService, sign: Sign, last: bytes
) -> None:
    async with connect(roomy.url, sign()) as witness:
        # The bus connects when it is first used.
        await witness.ask(FLOOD, {"count": 1, "size": 1})
        before = open_sockets(roomy.worker_pids[0])
        async with raw_socket(roomy.url, sign()) as deaf:
            # More than all buffers on the way to it hold.
            await witness.ask(FLOOD, {"count": 400, "size": 50_000})
            await deaf.send(last)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while open_sockets(roomy.worker_pids[0]) > before:
                    await asyncio.sleep(0.05)


async def test_many_come_and_go(watched: RunningService, sign: Sign) -> None:
    for _ in range(100):
        async with connect(watched.url, sign()) as client:
            await client.request(CROWD, TOO_LONG)
            client.connection.transport.abort()
    await becomes(watched.url, ACTIVE, 0)
