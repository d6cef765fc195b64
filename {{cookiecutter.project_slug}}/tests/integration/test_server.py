"""Starting says what is wrong; ending loses no request."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import httpx2
import pytest

from tests.running_service import RunningService, exit_code, free_port, spawn

type Start = Callable[..., AbstractContextManager[RunningService]]


async def test_requests_in_flight_finish_and_the_exit_code_is_0(
    start_service: Start,
) -> None:
    with start_service(module="tests.probe") as service:
        async with httpx2.AsyncClient(
            base_url=service.url, timeout=20
        ) as client:
            requests = [
                asyncio.create_task(client.get("/probe/slow/1.5"))
                for _ in range(20)
            ]
            await _in_progress(client, 20)
            code = asyncio.create_task(asyncio.to_thread(service.terminate))
            replies = await asyncio.gather(*requests)
            assert [r.status_code for r in replies] == [200] * 20
            assert await code == 0


async def _in_progress(client: httpx2.AsyncClient, count: int) -> None:
    wanted = (
        'http_requests_in_progress{endpoint="/probe/slow/{seconds}",'
        'method="GET"} ' + str(float(count))
    )
    async with asyncio.timeout(10):
        while wanted not in (await client.get("/metrics")).text:
            await asyncio.sleep(0.02)


def refuse(
    env: Mapping[str, str], tmp_path: Path, **changes: str
) -> tuple[int, str]:
    """Starts what cannot start; its exit code and output."""
    log = tmp_path / "out.log"
    with spawn({**env, "LOG_DIR": str(tmp_path), **changes}, log) as process:
        return exit_code(process), log.read_text()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DB_PORT": "1"}, ("127.0.0.1:1", "DB_HOST")),
        ({"DB_PASSWORD": "wrong"}, ("password", "DB_PASSWORD")),
        ({"DB_NAME": "nowhere"}, ("nowhere", "DB_NAME")),
        ({"ENV": "prod"}, ("ENV", ".env")),
        ({"LOG_DIR": "/proc/none"}, ("/proc/none", "LOG_DIR")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_start_that_cannot_succeed_says_why_in_one_line(
    service_env: Mapping[str, str],
    tmp_path: Path,
    changes: dict[str, str],
    words: tuple[str, ...],
) -> None:
    code, output = refuse(
        service_env,
        tmp_path,
        APP_PORT=str(free_port()),
        DB_INIT_MAX_RETRIES="0",
        **changes,
    )
    assert code != 0
    assert "Traceback" not in output
    lines = [line for line in output.splitlines() if "Fix:" in line]
    assert len(lines) == 1, output
    for word in words:
        assert word in lines[0]


def test_a_taken_port(
    service: RunningService, service_env: Mapping[str, str], tmp_path: Path
) -> None:
    port = service.url.rpartition(":")[2]
    code, output = refuse(service_env, tmp_path, APP_PORT=port)
    assert code == 1
    assert "APP_PORT" in output
    assert output.count("\n") == 1, output
