"""Who does not read is cut off, costs a bound, and delays nobody."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
)

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.counters import becomes, metric
from tests.probe.bus_packages import FLOOD
from tests.raw_socket import RawSocket, raw_socket
from tests.resources import MIB, resident_bytes
from tests.running_service import RunningService
from tests.ws_client import WebSocketClient, connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
DEAF = 20
OUTBOX_BYTES = MIB
# Of a socket, besides its outbox: the server's own buffer and one message.
SLACK = MIB // 4
OTHERS = 4
ROUNDS = 40
# What the buffers of the kernel and an outbox hold is sent several times.
FLOOD_SIZE = {"count": 30, "size": 20_000}
SLOW_CLOSES = "ws_slow_closes_total"


@pytest.fixture(scope="module")
def busy(start_probe: Start) -> Iterator[RunningService]:
    with start_probe(WS_OUTBOX_MAX_BYTES=str(OUTBOX_BYTES)) as service:
        yield service
        assert "Traceback" not in service.log


@asynccontextmanager
async def deaf(
    service: RunningService, sign: Sign, count: int
) -> AsyncIterator[list[RawSocket]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(raw_socket(service.url, sign()))
            for _ in range(count)
        ]


async def round_trips(
    client: WebSocketClient, until: asyncio.Event
) -> list[float]:
    """Seconds of each WHOAMI; pushed messages between are dropped."""
    found = []
    while not until.is_set():
        started = time.perf_counter()
        await client.ask(PkgID.WHOAMI)
        found.append(time.perf_counter() - started)
        client.unread.clear()
        await asyncio.sleep(0.002)
    return found


async def p99(service: RunningService, sign: Sign) -> float:
    """Of other sockets, in seconds, while broadcasts go out."""
    async with AsyncExitStack() as stack:
        sender, *others = [
            await stack.enter_async_context(connect(service.url, sign()))
            for _ in range(1 + OTHERS)
        ]
        done = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(round_trips(other, done)) for other in others
            ]
            for _ in range(ROUNDS):
                await sender.ask(FLOOD, FLOOD_SIZE)
                sender.unread.clear()
            done.set()
        found = sorted(s for task in tasks for s in task.result())
        return found[len(found) * 99 // 100]


async def test_slow_sockets_cost_a_bound_and_nobody_else(
    busy: RunningService, sign: Sign
) -> None:
    pid = busy.worker_pids[0]
    await p99(busy, sign)
    alone = await p99(busy, sign)
    before = resident_bytes(pid)
    closes = await metric(busy.url, SLOW_CLOSES)
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, resident_bytes(pid) - before)
            await asyncio.sleep(0.01)

    async with deaf(busy, sign, DEAF) as sockets:
        watching = asyncio.create_task(watch())
        beside = await p99(busy, sign)
        watching.cancel()
        assert await metric(busy.url, SLOW_CLOSES) == closes + DEAF
        for socket in sockets:
            # What was sent before is there to be read, or cut off.
            assert await socket.close_code() in {4008, None}
    await becomes(busy.url, "ws_connections_active", 0)
    print(
        f"\n{DEAF} slow sockets: memory +{most / MIB:.1f} MiB, bound "
        f"{DEAF * (OUTBOX_BYTES + SLACK) / MIB:.1f}; p99 of the others "
        f"{beside * 1000:.2f} ms, without {alone * 1000:.2f} ms, "
        f"ratio {beside / alone:.2f}"
    )
    assert most < DEAF * (OUTBOX_BYTES + SLACK)
    # A socket that delayed others would do so by seconds.
    assert beside < 5 * alone + 0.1


async def test_who_reads_again_learns_why(
    busy: RunningService, sign: Sign
) -> None:
    closes = await metric(busy.url, SLOW_CLOSES)
    async with (
        deaf(busy, sign, 1) as [slow],
        connect(busy.url, sign()) as sender,
    ):
        while await metric(busy.url, SLOW_CLOSES) == closes:
            await sender.ask(FLOOD, FLOOD_SIZE)
            sender.unread.clear()
        assert await slow.close_code() == 4008


async def test_who_keeps_reading_stays(
    busy: RunningService, sign: Sign
) -> None:
    closes = await metric(busy.url, SLOW_CLOSES)
    async with (
        connect(busy.url, sign()) as reader,
        connect(busy.url, sign()) as sender,
    ):
        for _ in range(20):
            await sender.ask(FLOOD, FLOOD_SIZE)
            numbers = [
                (await reader.next())["number"]
                for _ in range(FLOOD_SIZE["count"])
            ]
            assert numbers == list(range(FLOOD_SIZE["count"]))
            sender.unread.clear()
    assert await metric(busy.url, SLOW_CLOSES) == closes


async def test_the_outbox_is_bounded_by_messages_too(
    start_probe: Start, sign: Sign
) -> None:
    with start_probe(
        WS_OUTBOX_MAX_MESSAGES="50", WS_OUTBOX_MAX_BYTES="1000000000"
    ) as service:
        async with (
            deaf(service, sign, 1) as [slow],
            connect(service.url, sign()) as sender,
        ):
            while await metric(service.url, SLOW_CLOSES) == 0:
                await sender.ask(FLOOD, FLOOD_SIZE)
                sender.unread.clear()
            assert await slow.close_code() == 4008
