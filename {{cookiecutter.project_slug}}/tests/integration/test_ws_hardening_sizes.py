"""Large messages: bounded for who does not read, whole for who does."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.counters import metric
from tests.deaf_socket import deaf_socket, request
from tests.probe.bus_packages import FLOOD
from tests.probe.hardening_packages import BIG
from tests.raw_socket import TEXT
from tests.resources import MIB, resident_bytes
from tests.running_service import RunningService
from tests.ws_client import connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
DEAF = 4
IN_FLIGHT = 16
# WS_MAX_REPLY_SIZE and WS_OUTBOX_MAX_BYTES, as they are by default.
REPLY_BYTES = 256 * 1024
OUTBOX_BYTES = MIB
# Of the allocator.
SLACK = 8 * MIB


@pytest.mark.parametrize("size", [REPLY_BYTES - 200, 1_000_000])
async def test_replies_that_nobody_reads_cost_a_bound(
    start_probe: Start, sign: Sign, size: int
) -> None:
    with start_probe() as service:
        [pid] = service.worker_pids
        async with AsyncExitStack() as stack:
            other = await stack.enter_async_context(
                connect(service.url, sign())
            )
            await other.ask(BIG, {"bytes": size})
            before = resident_bytes(pid)
            for _ in range(DEAF):
                deaf = await stack.enter_async_context(
                    deaf_socket(service.url, sign())
                )
                for _ in range(2 * IN_FLIGHT + 8):
                    await deaf.send(request(BIG, {"bytes": size}))
            most = 0
            for _ in range(30):
                assert (await other.ask(PkgID.WHOAMI))["status_code"] == 0
                most = max(most, resident_bytes(pid) - before)
    bound = IN_FLIGHT * REPLY_BYTES + OUTBOX_BYTES
    print(f"\n+{most / MIB:.1f} MiB, bound {DEAF * bound / MIB:.1f}")
    assert most < DEAF * bound + SLACK


async def test_a_broadcast_may_be_larger_than_an_outbox(
    start_probe: Start, sign: Sign
) -> None:
    # More than the buffers on the way hold, so that the second one waits.
    flood = {"count": 2, "size": 8 * MIB}
    with start_probe(WS_OUTBOX_MAX_BYTES="1024") as service:
        async with (
            deaf_socket(service.url, sign()) as reader,
            connect(service.url, sign()) as sender,
        ):
            asked = asyncio.create_task(sender.ask(FLOOD, flood))
            for number in range(2):
                found = await reader.next(TEXT)
                assert found is not None
                assert found.json["number"] == number
                assert len(found.json["text"]) == flood["size"]
            assert (await asked)["data"] == "sent"
        assert await metric(service.url, "ws_slow_closes_total") == 0
