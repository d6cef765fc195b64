"""The end of the service, with clients that make it hard."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx2

from {{cookiecutter.module_name}}.api.ws.uvicorn_protocol import MAX_CONTROL_FRAMES

from tests.counters import SLOW_IN_PROGRESS, becomes
from tests.deaf_socket import deaf_socket, request
from tests.probe.hardening_packages import BIG
from tests.probe.packages import SLOW
from tests.raw_socket import CLOSE, PING, RawSocket, frame
from tests.running_service import RunningService
from tests.ws_client import PATIENCE_SECONDS, connect

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
ACTIVE = "ws_connections_active"
NORMAL = b"\x03\xe8"


async def test_who_hangs_up_and_does_not_read_is_no_obstacle(
    start_probe: Start, sign: Sign
) -> None:
    """Their sockets are closing, and have something to send, all the time."""
    with start_probe() as service:
        async with (
            deaf_socket(service.url, sign()) as deaf,
            deaf_socket(service.url) as stranger,
        ):
            for _ in range(16):
                await deaf.send(request(BIG, {"bytes": 250_000}))
            pings = frame(b"x" * 125, PING) * MAX_CONTROL_FRAMES
            await stranger.send(pings)
            await hang_up(service, deaf, stranger)
            async with httpx2.AsyncClient(timeout=PATIENCE_SECONDS) as client:
                asked = asyncio.create_task(
                    client.get(f"{service.url}/probe/slow/1")
                )
                await becomes(service.url, SLOW_IN_PROGRESS, 1)
                code = await asyncio.to_thread(service.terminate)
                assert (await asked).status_code == 200
        assert code == 0
        assert "Traceback" not in service.log
        assert "InvalidState" not in service.log


async def hang_up(service: RunningService, *sockets: RawSocket) -> None:
    await becomes(service.url, ACTIVE, len(sockets))
    for socket in sockets:
        await socket.send(frame(NORMAL, CLOSE))
    await becomes(service.url, ACTIVE, 0)


async def test_a_short_time_is_enough_for_a_short_request(
    start_probe: Start, sign: Sign
) -> None:
    with start_probe(SHUTDOWN_TIMEOUT_SECONDS="3") as service:
        async with connect(service.url, sign()) as client:
            asked = await client.request(SLOW, {"seconds": 0.8})
            await becomes(service.url, "ws_messages_received_total", 1)
            end = asyncio.create_task(asyncio.to_thread(service.terminate))
            assert (await client.reply(asked))["data"] == {"slept": 0.8}
            assert (await client.closed())[0] == 1012
            assert await end == 0
