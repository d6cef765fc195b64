"""At the end of the service every request over a socket has its reply.

Prints a table; DRAIN_TABLE names a file that gets its rows, too.
"""

import asyncio
import itertools
import json
import os
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.probe.packages import SLOW
from tests.running_service import RunningService

pytestmark = pytest.mark.slow

type Start = Callable[..., AbstractContextManager[RunningService]]

SOCKETS = 100
# Each socket asks for one after another, and begins somewhere in between.
NAPS = (0.0, 0.01, 0.05, 0.0, 0.3, 0.02)
LONG = 2.5


@dataclass
class Asker:
    """A client that asks without end, until it is told about the drain."""

    socket: ClientConnection
    naps: Iterator[float]
    open: dict[str, float] = field(default_factory=dict)
    answered: int = 0
    unexpected: list[dict[str, Any]] = field(default_factory=list)
    drained: asyncio.Event = field(default_factory=asyncio.Event)
    code: int | None = None
    closed: float = 0.0

    async def ask(self, nap: float | None = None) -> None:
        nap = next(self.naps) if nap is None else nap
        req_id = str(uuid.uuid4())
        self.open[req_id] = nap
        await self.socket.send(
            json.dumps(
                {"pkg_id": SLOW, "req_id": req_id, "data": {"seconds": nap}}
            )
        )

    async def run(self) -> None:
        try:
            for _ in range(2):
                await self.ask()
            while True:
                await self.take(json.loads(await self.socket.recv()))
        except ConnectionClosed as end:
            self.code = end.rcvd.code if end.rcvd else None
            self.closed = time.monotonic()
            self.drained.set()

    async def take(self, message: dict[str, Any]) -> None:
        if message.get("type") == "drain":
            assert message["retry_after"] > 0
            self.drained.set()
            return
        nap = self.open.pop(message["req_id"])
        self.answered += 1
        if message["data"] != {"slept": nap}:
            self.unexpected.append(message)
        if not self.drained.is_set():
            await self.ask()


async def open_sockets(
    service: RunningService, token: str, stack: AsyncExitStack
) -> list[Asker]:
    """Evenly on all workers: a stopped one accepts nothing."""
    found = []
    pids = service.worker_pids
    share = SOCKETS // len(pids)
    for pid in pids:
        with ExitStack() as stopped:
            for other in set(pids) - {pid}:
                os.kill(other, signal.SIGSTOP)
                stopped.callback(os.kill, other, signal.SIGCONT)
            sockets = await asyncio.gather(
                *(
                    stack.enter_async_context(_connect(service, token))
                    for _ in range(share)
                )
            )
        found += [Asker(s, _naps(n)) for n, s in enumerate(sockets)]
    return found


def _naps(number: int) -> Iterator[float]:
    return itertools.islice(itertools.cycle(NAPS), number, None)


def _connect(service: RunningService, token: str) -> connect:
    return connect(
        f"{service.url.replace('http', 'ws')}/web",
        additional_headers={"Authorization": f"Bearer {token}"},
        open_timeout=30,
        close_timeout=1,
    )


async def knock(
    service: RunningService, token: str, askers: list[Asker]
) -> Counter[str]:
    """What newcomers meet while the others are still being served."""
    met: Counter[str] = Counter()
    while any(asker.code is None for asker in askers):
        try:
            async with _connect(service, token):
                met["accepted"] += 1
        except InvalidStatus as refusal:
            met[str(refusal.response.status_code)] += 1
        except (OSError, EOFError):
            met["no answer"] += 1
        await asyncio.sleep(0.05)
    return met


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_every_request_is_answered_before_the_end(
    start_service: Start, token_for: Callable[[str], str], workers: str
) -> None:
    token = token_for("alice")
    with start_service(module="tests.probe", WORKERS=workers) as service:
        async with asyncio.timeout(60), AsyncExitStack() as stack:
            askers = await open_sockets(service, token, stack)
            tasks = [asyncio.create_task(asker.run()) for asker in askers]
            while any(asker.answered < 20 for asker in askers):
                await asyncio.sleep(0.02)
            # So that there is a drain to look at, however slow the clients.
            await askers[-1].ask(LONG)
            in_flight = sum(len(asker.open) for asker in askers)
            told = time.monotonic()
            ended = asyncio.create_task(asyncio.to_thread(service.terminate))
            await asyncio.gather(*(asker.drained.wait() for asker in askers))
            met = await knock(service, token, askers)
            await asyncio.gather(*tasks)
            code = await ended
        seconds = time.monotonic() - told
    closes = sorted(asker.closed - told for asker in askers)
    codes = Counter(asker.code for asker in askers)
    lost = sum(len(asker.open) for asker in askers)
    report(
        workers=workers,
        sockets=len(askers),
        in_flight=in_flight,
        answered=sum(asker.answered for asker in askers),
        lost=lost,
        closes=", ".join(f"{n} x {c}" for c, n in codes.items()),
        between=f"{closes[0]:.2f} to {closes[-2]:.2f}, {closes[-1]:.2f} s",
        newcomers=", ".join(f"{n} x {what}" for what, n in met.items()),
        seconds=f"{seconds:.2f}",
        exit_code=code,
    )
    assert in_flight > 0
    assert lost == 0
    assert [a.unexpected for a in askers if a.unexpected] == []
    assert codes == {1012: len(askers)}
    assert closes[-2] - closes[0] > 0.2
    assert met["503"] > 0
    assert met["accepted"] == 0
    assert code == 0


def report(**row: object) -> None:
    text = "\n".join(f"{name:>10}  {value}" for name, value in row.items())
    print(f"\n{text}")
    file = os.environ.get("DRAIN_TABLE")
    if file:
        head = "| " + " | ".join(row) + " |\n" + "|---" * len(row) + "|\n"
        line = "| " + " | ".join(map(str, row.values())) + " |\n"
        path = Path(file)
        old = path.read_text() if path.exists() else head
        path.write_text(old + line)


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_package_that_hangs_is_cancelled_in_time(
    start_service: Start, token_for: Callable[[str], str], workers: str
) -> None:
    with start_service(
        module="tests.probe", WORKERS=workers, SHUTDOWN_TIMEOUT_SECONDS="3"
    ) as service:
        async with (
            asyncio.timeout(60),
            _connect(service, token_for("alice")) as socket,
        ):
            asker = Asker(socket, itertools.repeat(600.0))
            task = asyncio.create_task(asker.run())
            await _sees(service, "ws_messages_received_total 2.0")
            assert await asyncio.to_thread(service.terminate) == 0
            await task
    assert asker.open == {}
    assert [m["data"]["code"] for m in asker.unexpected] == ["cancelled"] * 2
    assert asker.code == 1012


async def _sees(service: RunningService, line: str) -> None:
    async with httpx2.AsyncClient(base_url=service.url) as client:
        while line not in (await client.get("/metrics")).text:
            await asyncio.sleep(0.02)
