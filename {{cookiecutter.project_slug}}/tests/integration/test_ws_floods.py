"""Clients that send and do not read cost bounded memory, and time of theirs.

The service stays in use for others meanwhile.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.api.ws.uvicorn_protocol import MAX_CONTROL_FRAMES

from tests.counters import metric
from tests.probe.packages import SLOW
from tests.probe.plain_packages import ECHO
from tests.raw_socket import PING, PONG, TEXT, frame, raw_socket
from tests.resources import MIB, resident_bytes
from tests.running_service import RunningService
from tests.ws_client import connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
# Of the allocator and of what one read brings in.
SLACK = 16 * MIB


@pytest.fixture(scope="module")
def tough(start_probe: Start) -> Iterator[RunningService]:
    with start_probe() as service:
        yield service
        assert "Traceback" not in service.log


def request(package: int, data: object = None) -> bytes:
    return frame(
        json.dumps(
            {
                "pkg_id": package,
                "req_id": str(uuid.uuid4()),
                "data": data or {},
            }
        )
    )


@asynccontextmanager
async def bounded(service: RunningService, sign: Sign) -> AsyncIterator[None]:
    """Its memory within the block; others are served, and so afterwards."""
    pid = service.worker_pids[0]
    async with connect(service.url, sign()) as other:
        await other.ask(PkgID.WHOAMI)
        before = resident_bytes(pid)
        yield
        # What was sent before has been read after some turns.
        for _ in range(10):
            assert (await other.ask(PkgID.WHOAMI))["status_code"] == 0
        assert resident_bytes(pid) - before < SLACK


async def test_requests_without_reading(
    tough: RunningService, sign: Sign
) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield request(ECHO, {"text": "x" * 1000})

    async with raw_socket(tough.url, sign()) as raw, bounded(tough, sign):
        count = await raw.push(endless())
        # Once it reads, it gets one reply each; the last was cut in two.
        found: set[str] = set()
        while len(found) < count - 1:
            reply = await raw.next(TEXT)
            assert reply is not None
            found.add(reply.json["req_id"])


@pytest.mark.parametrize("opcode", [PING, PONG])
async def test_control_frames_have_a_limit(
    tough: RunningService, sign: Sign, opcode: int
) -> None:
    """They hold up no reader, so one read may bring tens of thousands."""
    many = frame(b"", opcode) * 50_000
    async with raw_socket(tough.url, sign()) as raw, bounded(tough, sign):
        with suppress(ConnectionError):
            await raw.send(many)
        assert await raw.close_code() in {4429, None}
    closed = 'ws_connections_closed_total{code="4429"}'
    assert await metric(tough.url, closed) > 0


async def test_some_pings_are_answered(
    tough: RunningService, sign: Sign
) -> None:
    async with raw_socket(tough.url, sign()) as raw:
        await raw.send(frame(b"x" * 125, PING) * MAX_CONTROL_FRAMES)
        await raw.send(request(PkgID.WHOAMI))
        for _ in range(MAX_CONTROL_FRAMES):
            pong = await raw.next(PONG)
            assert pong is not None
            assert pong.payload == b"x" * 125
        reply = await raw.next(TEXT)
        assert reply is not None
        assert reply.json["status_code"] == 0
        await raw.send(frame(b"", PING))
        assert await raw.close_code() == 4429


@pytest.mark.parametrize(
    "text",
    [json.dumps({"type": "ping"}), "no JSON", '{"type":"auth","token":"x"}'],
)
async def test_answers_that_nobody_reads_end_the_socket(
    tough: RunningService, sign: Sign, text: str
) -> None:
    many = frame(text) * 200
    async with raw_socket(tough.url, sign()) as raw, bounded(tough, sign):
        # A pause would be no end: it takes all until it hangs up.
        async with asyncio.timeout(60):
            with suppress(ConnectionError):
                while True:
                    await raw.send(many)


@pytest.mark.parametrize(
    "piece",
    [frame(""), frame("{}"), frame("", fin=False) + frame("", 0), frame("[")],
)
async def test_tiny_frames_behind_a_bound(
    tough: RunningService, sign: Sign, piece: bytes
) -> None:
    """The reader waits; what is in one read of the server is not unpacked."""
    async with AsyncExitStack() as stack, bounded(tough, sign):
        sockets = [
            await stack.enter_async_context(raw_socket(tough.url, sign()))
            for _ in range(10)
        ]
        for raw in sockets:
            # The 17th is read, and waits.
            for _ in range(17):
                await raw.send(request(SLOW, {"seconds": 4}))
        pieces = [piece * (2 * MIB // len(piece))]
        await asyncio.gather(*(raw.push(pieces) for raw in sockets))


@pytest.mark.parametrize("piece", [frame(""), frame("["), frame("{}")])
async def test_who_is_cut_off_holds_up_nobody(
    tough: RunningService, sign: Sign, piece: bytes
) -> None:
    """It goes on sending: the others have their turns in between."""
    many = piece * 50_000
    async with (
        raw_socket(tough.url, sign()) as raw,
        connect(tough.url, sign()) as other,
    ):

        async def flood() -> None:
            with suppress(ConnectionError):
                while True:
                    await raw.send(many)

        flooding = asyncio.create_task(flood())
        while not flooding.done():
            # It took seconds, and takes milliseconds.
            async with asyncio.timeout(1):
                assert (await other.ask(PkgID.WHOAMI))["status_code"] == 0
        await flooding


async def test_half_messages(tough: RunningService, sign: Sign) -> None:
    async with AsyncExitStack() as stack, bounded(tough, sign):
        for _ in range(50):
            raw = await stack.enter_async_context(
                raw_socket(tough.url, sign())
            )
            await raw.send(frame("x" * 60_000, fin=False))
            await raw.send(frame("x" * 5_000, 0)[:-1])
