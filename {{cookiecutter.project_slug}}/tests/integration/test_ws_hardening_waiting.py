"""A request that waits for its turn has a reply when its socket closes."""

import asyncio
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.counters import becomes
from tests.probe.bus_packages import DISCONNECT
from tests.probe.hardening_packages import TIDY
from tests.probe.packages import SLOW
from tests.probe.plain_packages import ECHO
from tests.running_service import RunningService
from tests.ws_client import WebSocketClient, connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
TOO_LONG = {"seconds": 600}
RECEIVED = "ws_messages_received_total"


@pytest.mark.parametrize("by", ["bus", "drain"])
async def test_both_are_cancelled(
    start_probe: Start, sign: Sign, by: str
) -> None:
    user = str(uuid.uuid4())
    with start_probe(
        WS_MAX_IN_FLIGHT="1",
        WS_CLOSE_TIMEOUT="0.5",
        SHUTDOWN_TIMEOUT_SECONDS="1.5",
    ) as service:
        async with connect(service.url, sign(sub=user)) as client:
            running = await client.request(SLOW, TOO_LONG)
            waiting = await client.request(SLOW, TOO_LONG)
            await becomes(service.url, RECEIVED, 2)
            if by == "bus":
                async with connect(service.url, sign()) as other:
                    await other.ask(DISCONNECT, {"user_id": user})
                frames = await client.collect()
                code = 4401
            else:
                end = asyncio.create_task(asyncio.to_thread(service.terminate))
                frames = await client.collect()
                assert await end == 0
                code = 1012
        assert "Traceback" not in service.log
    replies = {f["req_id"]: f["data"]["code"] for f in frames if "req_id" in f}
    assert replies == {running: "cancelled", waiting: "cancelled"}
    assert client.connection.close_code == code


async def test_no_login_while_the_socket_is_closed(
    sockets: RunningService, sign: Sign
) -> None:
    user = str(uuid.uuid4())
    token = sign(sub=user)
    async with (
        connect(sockets.url, token) as client,
        connect(sockets.url, sign()) as other,
    ):
        # Its cleaning up takes as long as it is let: the socket waits.
        running = await client.request(TIDY)
        await other.ask(DISCONNECT, {"user_id": user})
        await closes(client)
        await client.send({"type": "auth", "token": f"Bearer {token}"})
        [reply] = await client.collect()
        assert reply["req_id"] == running
        assert client.connection.close_code == 4401


async def closes(client: WebSocketClient) -> None:
    """Returns when the service takes no requests of it any more."""
    while (await client.ask(ECHO))["status_code"] == 0:
        pass
