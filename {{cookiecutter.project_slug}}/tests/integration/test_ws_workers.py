"""Two workers: messages reach the sockets of both.

A user may have many sockets; closing one leaves the others.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.counters import becomes
from tests.probe.bus_packages import BROADCAST, DISCONNECT, SEND_TO_USER
from tests.running_service import RunningService
from tests.worker_sockets import on_each_worker
from tests.ws_client import Json, WebSocketClient, connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
NEWS = {"news": [1, "ä", None]}
# Two sockets of the user on each worker.
on_both = partial(on_each_worker, each=2)


@pytest.fixture(scope="module")
def two(start_probe: Start) -> Iterator[str]:
    with start_probe(WORKERS="2") as service:
        yield service.url


async def has_all(client: WebSocketClient, frames: list[Json]) -> None:
    """These and no more."""
    for frame in frames:
        assert await client.next() == frame
    assert await client.settled() == []


async def test_send_to_user(two: str, sign: Sign) -> None:
    user = str(uuid.uuid4())
    async with (
        on_both(two, sign(sub=user)) as mine,
        on_both(two, sign()) as others,
    ):
        order = {"user_id": user, "message": NEWS}
        assert (await others[0].ask(SEND_TO_USER, order))["data"] == "sent"
        for client in mine:
            await has_all(client, [NEWS])
        for client in others:
            await has_all(client, [])


async def test_broadcast_goes_to_who_is_logged_in(
    two: str, sign: Sign
) -> None:
    async with on_both(two, sign()) as clients, connect(two) as stranger:
        reply = await clients[0].ask(BROADCAST, {"message": NEWS})
        assert reply["data"] == "sent"
        for client in clients:
            await has_all(client, [NEWS])
        await stranger.send({"type": "ping"})
        assert await stranger.collect() == []


async def test_messages_keep_their_order(two: str, sign: Sign) -> None:
    user = str(uuid.uuid4())
    messages = [{"n": n} for n in range(50)]
    async with (
        on_both(two, sign(sub=user)) as mine,
        connect(two, sign()) as other,
    ):
        for message in messages:
            await other.ask(
                SEND_TO_USER, {"user_id": user, "message": message}
            )
        for client in mine:
            await has_all(client, messages)


@pytest.mark.parametrize("target", ["user_id", "session_id"])
async def test_disconnect(two: str, sign: Sign, target: str) -> None:
    user, session = str(uuid.uuid4()), str(uuid.uuid4())
    async with (
        on_both(two, sign(sub=user, sid=session)) as mine,
        connect(two, sign(sub=user)) as another_session,
        connect(two, sign()) as other,
    ):
        named = {"user_id": user, "session_id": session}[target]
        assert (await other.ask(DISCONNECT, {target: named}))["data"] == "done"
        for client in mine:
            assert (await client.closed())[0] == 4401
        if target == "session_id":
            await has_all(another_session, [])
        else:
            assert (await another_session.closed())[0] == 4401
        await has_all(other, [])


async def test_closing_one_socket_leaves_the_others(
    two: str, sign: Sign
) -> None:
    user = str(uuid.uuid4())
    async with on_both(two, sign(sub=user)) as mine:
        for closing in (0, 2):
            await mine[closing].connection.close()
        # The service has noticed when it no longer counts them.
        await becomes(two, "ws_connections_active", 2)
        order = {"user_id": user, "message": NEWS}
        await mine[1].request(SEND_TO_USER, order)
        for client in (mine[1], mine[3]):
            assert (await client.ask(PkgID.WHOAMI))["status_code"] == 0
        for client in (mine[1], mine[3]):
            frames = [*client.unread]
            while NEWS not in frames:
                frames.append(await client.next())
    await becomes(two, "ws_connections_active", 0)
