"""Several workers are one service: replaced, measured and ended together."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx2
import pytest

from scripts.stack.process import Command, GuardedProcess
from tests.counters import SLOW_IN_PROGRESS, becomes
from tests.running_service import ROOT, RunningService, exit_code, free_port

pytestmark = pytest.mark.slow

type Start = Callable[..., AbstractContextManager[RunningService]]

# Starts the command and outlives it, so that nothing else ends its children.
OUTLIVING = """
import subprocess, sys, time
subprocess.run(sys.argv[1:])
time.sleep(600)
"""


@pytest.fixture
def two(start_service: Start) -> Iterator[RunningService]:
    with start_service(module="tests.probe", WORKERS="2") as service:
        yield service


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """So that another worker takes what comes."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def ask(service: RunningService, times: int) -> None:
    for _ in range(times):
        assert httpx2.get(f"{service.url}/health/live").status_code == 200


def scrape(service: RunningService) -> dict[str, float]:
    lines = httpx2.get(f"{service.url}/metrics").text.splitlines()
    values = [line.rpartition(" ") for line in lines if line[0] != "#"]
    return {name: float(value) for name, _, value in values}


LIVE = (
    'http_requests_total{endpoint="/health/live",method="GET",'
    'status_code="200"}'
)
LIVE_SECONDS = (
    'http_request_duration_seconds_count{endpoint="/health/live",method="GET"}'
)


async def started(service: RunningService, count: int) -> None:
    async with asyncio.timeout(30):
        while service.starts < count:
            await asyncio.sleep(0.05)


async def test_every_worker_tells_the_sum_of_all(two: RunningService) -> None:
    one, other = two.worker_pids
    with stopped(one):
        ask(two, 7)
    with stopped(other):
        ask(two, 5)
    for away in (one, other):
        with stopped(away):
            found = scrape(two)
        assert found[LIVE] == 12
        assert found[LIVE_SECONDS] == 12
        infos = [v for name, v in found.items() if "app_info" in name]
        assert infos == [1]


async def test_a_killed_worker_is_replaced_and_its_counts_stay(
    two: RunningService,
) -> None:
    one, other = two.worker_pids
    async with httpx2.AsyncClient(base_url=two.url, timeout=60) as client:
        with stopped(other):
            ask(two, 5)
            hanging = asyncio.create_task(client.get("/probe/slow/600"))
            await becomes(two.url, SLOW_IN_PROGRESS, 1)
        assert scrape(two)[SLOW_IN_PROGRESS] == 1
        os.kill(one, signal.SIGKILL)
        with pytest.raises(httpx2.TransportError):
            await hanging
    await started(two, 3)
    assert set(two.worker_pids) > {one, other}
    with stopped(other):
        found = scrape(two)
    assert found[LIVE] == 5
    assert found.get(SLOW_IN_PROGRESS, 0) == 0
    assert sum(v for name, v in found.items() if "app_info" in name) == 1
    assert two.terminate() == 0


async def test_a_worker_that_is_told_to_end_drains_and_is_replaced(
    two: RunningService,
) -> None:
    one, other = two.worker_pids
    async with httpx2.AsyncClient(base_url=two.url, timeout=60) as client:
        with stopped(other):
            slow = asyncio.create_task(client.get("/probe/slow/1"))
            await becomes(two.url, SLOW_IN_PROGRESS, 1)
        os.kill(one, signal.SIGTERM)
        assert (await slow).status_code == 200
    await started(two, 3)
    ask(two, 10)


def test_a_replacement_that_cannot_start_ends_the_service(
    start_service: Start,
) -> None:
    """Whoever restarts services does so; nobody restarts workers for ever."""
    with start_service(WORKERS="2") as service:
        errors = service.log_file.with_name("logging_errors.log")
        errors.unlink()
        errors.symlink_to("none/none")
        os.kill(service.worker_pids[0], signal.SIGKILL)
        assert exit_code(service.process) == 1
        lines = [line for line in service.log.splitlines() if "Fix:" in line]
        assert len(lines) == 1, service.log


async def test_workers_drain_when_their_parent_is_killed(
    service_env: dict[str, str], tmp_path: Path
) -> None:
    with outliving(service_env, tmp_path) as service:
        await started(service, 2)
        async with httpx2.AsyncClient(
            base_url=service.url, timeout=60
        ) as client:
            slow = [
                asyncio.create_task(client.get("/probe/slow/2"))
                for _ in range(10)
            ]
            await becomes(service.url, SLOW_IN_PROGRESS, 10)
            service.signal(signal.SIGKILL)
            replies = await asyncio.gather(*slow)
            assert [r.status_code for r in replies] == [200] * 10
        async with asyncio.timeout(30):
            while service.log.count("Finished server process") < 2:
                await asyncio.sleep(0.05)
        with pytest.raises(httpx2.ConnectError):
            ask(service, 1)
        async with asyncio.timeout(30):
            while [*tmp_path.glob("metrics-*")]:  # noqa: ASYNC240
                await asyncio.sleep(0.05)


@contextmanager
def outliving(env: dict[str, str], folder: Path) -> Iterator[RunningService]:
    """Two workers below a process that stays when their parent goes."""
    port = str(free_port())
    log = folder / "service.log"
    module = "tests.probe"
    changes = {
        "APP_PORT": port,
        "LOG_DIR": str(folder),
        "TMPDIR": str(folder),
        "WORKERS": "2",
    }
    command = Command(
        name=module,
        argv=(
            *(sys.executable, "-c", OUTLIVING),
            *(sys.executable, "-m", module),
        ),
        environment={**os.environ, **env, **changes},
        log=log,
        folder=ROOT,
        grace=0,
    )
    with GuardedProcess(command) as process:
        url = f"http://127.0.0.1:{port}"
        yield RunningService(url, process, log, 2)


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_ctrl_c_in_a_terminal_drains_all(
    start_service: Start, workers: str
) -> None:
    """It reaches every process of the group; only the parent acts on it."""
    with start_service(module="tests.probe", WORKERS=workers) as service:
        async with httpx2.AsyncClient(
            base_url=service.url, timeout=60
        ) as client:
            slow = [
                asyncio.create_task(client.get("/probe/slow/2"))
                for _ in range(10)
            ]
            await becomes(service.url, SLOW_IN_PROGRESS, 10)
            os.killpg(service.pid, signal.SIGINT)
            replies = await asyncio.gather(*slow)
        assert [r.status_code for r in replies] == [200] * 10
        assert await asyncio.to_thread(exit_code, service.process) == 0
        assert "Traceback" not in service.log


async def test_a_second_ctrl_c_forces(two: RunningService) -> None:
    async with httpx2.AsyncClient(base_url=two.url, timeout=60) as client:
        slow = asyncio.create_task(client.get("/probe/slow/600"))
        await becomes(two.url, SLOW_IN_PROGRESS, 1)
        os.killpg(two.pid, signal.SIGINT)
        async with asyncio.timeout(20):
            while "Draining" not in two.log:
                await asyncio.sleep(0.05)
        os.killpg(two.pid, signal.SIGINT)
        assert await asyncio.to_thread(exit_code, two.process) == 1
        await asyncio.wait({slow})


def test_a_given_metrics_folder_is_emptied_and_kept(
    start_service: Start, tmp_path: Path
) -> None:
    for name in ("counter_1.db", "gauge_livesum_1.db", "notes.txt"):
        (tmp_path / name).write_bytes(b"\xff" * 64)
    with start_service(
        WORKERS="2", PROMETHEUS_MULTIPROC_DIR=str(tmp_path)
    ) as service:
        ask(service, 3)
        assert scrape(service)[LIVE] == 3
        assert service.terminate() == 0
    assert (tmp_path / "notes.txt").exists()
    assert not (tmp_path / "counter_1.db").exists()


def test_one_worker_may_share_its_metrics_too(
    start_service: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "made" / "on the way"
    with start_service(PROMETHEUS_MULTIPROC_DIR=str(folder)) as service:
        ask(service, 3)
        assert scrape(service)[LIVE] == 3
    assert list(folder.glob("counter_*.db"))


def test_the_folder_of_the_metrics_is_removed(
    start_service: Start, tmp_path: Path
) -> None:
    with start_service(WORKERS="2", TMPDIR=str(tmp_path)) as service:
        assert list(tmp_path.glob("metrics-*/counter_*.db"))
        assert service.terminate() == 0
    assert not list(tmp_path.iterdir())
