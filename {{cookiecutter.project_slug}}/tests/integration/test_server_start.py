"""A start that cannot succeed says what is wrong, and can be ended."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.running_service import (
    RunningService,
    exit_code,
    free_port,
    spawn,
)

pytestmark = pytest.mark.slow

several = pytest.mark.parametrize("workers", ["1", "2"])


@several
async def test_waiting_for_the_database_can_be_ended(
    service_env: Mapping[str, str], tmp_path: Path, workers: str
) -> None:
    changes = {
        "APP_PORT": str(free_port()),
        "DB_PORT": "1",
        "DB_INIT_MAX_RETRIES": "1000",
        "LOG_DIR": str(tmp_path),
        "WORKERS": workers,
    }
    log = tmp_path / "out.log"
    with spawn({**service_env, **changes}, log) as process:
        async with asyncio.timeout(20):
            while "Waiting for application startup" not in log.read_text():
                await asyncio.sleep(0.05)
        os.kill(process.pid, signal.SIGTERM)
        assert await asyncio.to_thread(exit_code, process) == 0
    assert "Traceback" not in log.read_text()


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
        ({"WORKERS": "2", "DB_NAME": "nowhere"}, ("nowhere", "DB_NAME")),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
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
    assert code == 1
    assert "Traceback" not in output
    lines = [line for line in output.splitlines() if "Fix:" in line]
    assert len(lines) == 1, output
    for word in words:
        assert word in lines[0]


@several
def test_a_taken_port(
    service: RunningService,
    service_env: Mapping[str, str],
    tmp_path: Path,
    workers: str,
) -> None:
    port = service.url.rpartition(":")[2]
    code, output = refuse(
        service_env, tmp_path, APP_PORT=port, WORKERS=workers
    )
    assert code == 1
    assert "APP_PORT" in output
    assert output.count("\n") == 1, output
