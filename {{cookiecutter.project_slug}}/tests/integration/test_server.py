"""Ending loses no request."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import httpx2
import pytest

from tests.counters import SLOW_IN_PROGRESS, becomes
from tests.running_service import RunningService, exit_code

pytestmark = pytest.mark.slow

type Start = Callable[..., AbstractContextManager[RunningService]]

several = pytest.mark.parametrize("workers", ["1", "2"])


@several
async def test_requests_in_flight_finish_and_the_exit_code_is_0(
    start_service: Start, workers: str
) -> None:
    with start_service(module="tests.probe", WORKERS=workers) as service:
        async with httpx2.AsyncClient(
            base_url=service.url, timeout=20
        ) as client:
            requests = [
                asyncio.create_task(client.get("/probe/slow/4"))
                for _ in range(20)
            ]
            await becomes(service.url, SLOW_IN_PROGRESS, 20)
            code = asyncio.create_task(asyncio.to_thread(service.terminate))
            await refuses(service)
            assert not any(request.done() for request in requests)
            replies = await asyncio.gather(*requests)
            assert [r.status_code for r in replies] == [200] * 20
            assert await code == 0


async def refuses(service: RunningService) -> None:
    """Waits until newcomers are; nobody may be left without an answer."""
    async with asyncio.timeout(20):
        while True:
            try:
                async with httpx2.AsyncClient(base_url=service.url) as client:
                    await client.get("/health/live")
            except (httpx2.ConnectError, httpx2.ReadError):
                return
            await asyncio.sleep(0.05)


async def lets_nobody_in(port: int) -> None:
    with suppress(ConnectionError):
        while True:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await asyncio.sleep(0.01)


@several
async def test_who_was_let_in_before_the_end_is_answered(
    start_service: Start, workers: str
) -> None:
    with start_service(WORKERS=workers) as service:
        port = int(service.url.rpartition(":")[2])
        newcomers = [
            await asyncio.open_connection("127.0.0.1", port) for _ in range(20)
        ]
        code = asyncio.create_task(asyncio.to_thread(service.terminate))
        await lets_nobody_in(port)
        for _, writer in newcomers:
            writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        for reader, writer in newcomers:
            reply = await reader.read()
            assert reply.startswith(b"HTTP/1.1 200"), reply
            assert b"connection: close" in reply
            writer.close()
        assert await code == 0


class Load:
    """Clients that ask again and again until told to go elsewhere."""

    def __init__(self, service: RunningService) -> None:
        self._url = service.url
        self.asked = 0
        self.statuses: list[int] = []
        self.lost: list[str] = []
        self.elsewhere = asyncio.Event()

    async def client(self) -> None:
        async with httpx2.AsyncClient(base_url=self._url) as client:
            while not self.elsewhere.is_set():
                self.asked += 1
                try:
                    reply = await client.get("/probe/slow/0.01")
                except httpx2.TransportError as error:
                    self.lost.append(repr(error))
                else:
                    self.statuses.append(reply.status_code)

    async def balancer(self) -> None:
        """Takes the service out of use when it is not ready."""
        while not self.elsewhere.is_set():
            async with httpx2.AsyncClient(base_url=self._url) as client:
                reply = await client.get("/health/ready")
            if reply.status_code == 503:
                self.elsewhere.set()
            await asyncio.sleep(0.02)

    async def reaches(self, count: int) -> None:
        while len(self.statuses) < count:
            await asyncio.sleep(0.02)


@several
async def test_behind_a_load_balancer_no_request_is_lost(
    start_service: Start, workers: str
) -> None:
    with start_service(
        module="tests.probe", WORKERS=workers, DRAIN_DELAY_SECONDS="2"
    ) as service:
        load = Load(service)
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            for _ in range(16):
                tasks.create_task(load.client())
            tasks.create_task(load.balancer())
            await load.reaches(200)
            code = tasks.create_task(asyncio.to_thread(service.terminate))
        assert code.result() == 0
        assert load.lost == []
        assert load.statuses == [200] * load.asked
        await refuses(service)


async def test_a_draining_service_sends_clients_away_but_serves_them(
    start_service: Start,
) -> None:
    with start_service(
        DRAIN_DELAY_SECONDS="600", SHUTDOWN_TIMEOUT_SECONDS="700"
    ) as service:
        async with httpx2.AsyncClient(base_url=service.url) as client:
            assert "connection" not in (await client.get("/docs")).headers
            service.signal(signal.SIGTERM)
            async with asyncio.timeout(20):
                while (await client.get("/health/ready")).status_code == 200:
                    await asyncio.sleep(0.02)
            reply = await client.get("/health/ready")
            assert reply.json() == {"status": "draining"}
            assert (await client.get("/docs")).status_code == 200
            assert reply.headers["connection"] == "close"
        # Nobody waits ten minutes: Ctrl-C forces.
        service.signal(signal.SIGINT)
        assert exit_code(service.process) == 0


async def test_a_second_ctrl_c_waits_for_nothing(
    start_service: Start,
) -> None:
    with start_service(module="tests.probe") as service:
        async with httpx2.AsyncClient(
            base_url=service.url, timeout=40
        ) as client:
            hanging = asyncio.create_task(client.get("/probe/slow/600"))
            await becomes(service.url, SLOW_IN_PROGRESS, 1)
            service.signal(signal.SIGINT)
            async with asyncio.timeout(20):
                while "Shutting down" not in service.log:
                    await asyncio.sleep(0.02)
            assert not hanging.done()
            service.signal(signal.SIGINT)
            assert await asyncio.to_thread(exit_code, service.process) == 0
            await asyncio.wait({hanging})
        assert "Traceback" not in service.log


@several
async def test_a_request_that_hangs_does_not_outlive_the_deadline(
    start_service: Start, workers: str
) -> None:
    with start_service(
        module="tests.probe", WORKERS=workers, SHUTDOWN_TIMEOUT_SECONDS="2"
    ) as service:
        async with httpx2.AsyncClient(
            base_url=service.url, timeout=40
        ) as client:
            hanging = asyncio.create_task(client.get("/probe/slow/600"))
            await becomes(service.url, SLOW_IN_PROGRESS, 1)
            assert await asyncio.to_thread(service.terminate) == 0
            await asyncio.wait({hanging})
        # A statement may be slow, too, on a busy machine.
        warnings = [
            line
            for line in service.log.splitlines()
            if "[warning" in line and "A slow statement" not in line
        ]
        assert len(warnings) == 1, service.log
        assert "tasks=1" in warnings[0]
        assert "Traceback" not in service.log


@several
async def test_a_handler_that_blocks_the_process_is_named(
    start_service: Start, workers: str
) -> None:
    with start_service(
        module="tests.probe", WORKERS=workers, SHUTDOWN_TIMEOUT_SECONDS="1"
    ) as service:
        async with httpx2.AsyncClient(
            base_url=service.url, timeout=40
        ) as client:
            blocked = asyncio.create_task(client.get("/probe/block/600"))
            async with asyncio.timeout(20):
                while "blocking" not in service.log:
                    await asyncio.sleep(0.05)
            assert await asyncio.to_thread(service.terminate) == 1
            await asyncio.wait({blocked})
        assert "in block" in service.log
