"""Starts the service as users do, on a free port, and ends it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

ROOT = Path(__file__).parent.parent
START_SECONDS = 30


@dataclass(frozen=True)
class RunningService:
    """A process of the service that answered `/health/ready`."""

    url: str
    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        """All it has written so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def terminate(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)


def free_port() -> int:
    """A port of the loopback that nobody holds right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def spawn(
    env: Mapping[str, str], log_file: Path, *, module: str
) -> subprocess.Popen[bytes]:
    """`python -m <module>`, which ends when the tests end, killed or not."""
    with log_file.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.end_with_parent", module],
            cwd=ROOT,
            env={**os.environ, **env},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def running(
    env: Mapping[str, str],
    *,
    module: str = "{{cookiecutter.module_name}}",
    ready: str = "/health/ready",
) -> Iterator[RunningService]:
    """The service under `env`, until the block ends."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log_file = Path(folder) / "service.log"
        process = spawn(
            {**env, "APP_PORT": str(port), "LOG_DIR": folder},
            log_file,
            module=module,
        )
        url = f"http://127.0.0.1:{port}"
        service = RunningService(url, process, log_file)
        try:
            _wait_until_ready(service, ready)
            yield service
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=40)


def _wait_until_ready(service: RunningService, path: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if service.process.poll() is not None:
            break
        try:
            if httpx2.get(f"{service.url}{path}").status_code == 200:
                return
        except httpx2.TransportError:
            # Not listening yet.
            time.sleep(0.05)
    raise RuntimeError(f"The service did not start:\n{service.log}")
