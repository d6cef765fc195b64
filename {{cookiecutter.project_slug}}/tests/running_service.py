"""Starts the service as users do, on a free port, and ends it."""

import os
import re
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from scripts.stack.process import Command, GuardedProcess

ROOT = Path(__file__).parent.parent
SERVICE = "{{cookiecutter.module_name}}"
START_SECONDS = 30
END_SECONDS = 45


@dataclass(frozen=True)
class RunningService:
    """A process of the service; it ends with the tests, killed or not."""

    url: str
    process: GuardedProcess
    log_file: Path
    workers: int = 1

    @property
    def log(self) -> str:
        """All it has written so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    @property
    def worker_pids(self) -> list[int]:
        """Of all workers that were started so far, in that order."""
        found = re.findall(r"Started server process \[(\d+)\]", self.log)
        return [int(pid) for pid in found]

    @property
    def starts(self) -> int:
        """How many workers have begun to serve so far."""
        return self.log.count("Application startup complete")

    @property
    def pid(self) -> int:
        """Of the process that listens: the only one, or the supervisor."""
        found = re.search(r'Listening.*\bpid"?[=:] ?(\d+)', self.log)
        assert found is not None, self.log
        return int(found[1])

    def signal(self, number: signal.Signals) -> None:
        """Past the guard, which only knows one."""
        os.kill(self.pid, number)

    def terminate(self) -> int:
        """SIGTERM; returns the exit code."""
        os.kill(self.process.pid, signal.SIGTERM)
        return exit_code(self.process)


def exit_code(process: GuardedProcess) -> int:
    """Waits for the end; raises TimeoutError when it does not come."""
    deadline = time.monotonic() + END_SECONDS
    while process.returncode is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{process.command.name} does not end.")
        time.sleep(0.02)
    return process.returncode


def free_port() -> int:
    """A port of the loopback that nobody holds right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def spawn(
    env: Mapping[str, str],
    log_file: Path,
    *,
    module: str = SERVICE,
    folder: Path = ROOT,
) -> GuardedProcess:
    """`python -m <module>`."""
    return GuardedProcess(
        Command(
            name=module,
            argv=(sys.executable, "-m", module),
            environment={**os.environ, **env},
            log=log_file,
            folder=folder,
            grace=40,
        )
    )


@contextmanager
def running(
    env: Mapping[str, str], *, module: str = SERVICE, folder: Path = ROOT
) -> Iterator[RunningService]:
    """The service under `env`, all workers ready, until the block ends.

    `folder` holds its code. It listens where `env` says, else anywhere.
    """
    port = env.get("APP_PORT") or str(free_port())
    with tempfile.TemporaryDirectory(prefix="service-") as logs:
        log_file = Path(logs) / "service.log"
        changes = {**env, "APP_PORT": port, "LOG_DIR": logs}
        with spawn(changes, log_file, module=module, folder=folder) as process:
            url = f"http://127.0.0.1:{port}"
            workers = int({**os.environ, **env}.get("WORKERS", "1"))
            service = RunningService(url, process, log_file, workers)
            _wait_until_ready(service)
            yield service


def _wait_until_ready(service: RunningService) -> None:
    deadline = time.monotonic() + START_SECONDS
    while service.process.returncode is None and time.monotonic() < deadline:
        try:
            reply = httpx2.get(f"{service.url}/health/ready")
        except httpx2.TransportError:
            time.sleep(0.05)  # Not listening yet.
        else:
            # With one worker its readiness says it, whatever it logs.
            complete = service.workers in {1, service.starts}
            if reply.status_code == 200 and complete:
                return
            time.sleep(0.05)
    raise RuntimeError(f"The service did not start:\n{service.log}")
