"""The processes that are compared."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.stack.ports import free_port
from scripts.stack.process import Command, GuardedProcess

SERVICE = "{{cookiecutter.module_name}}"
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Side:
    """A server on a port of the loopback."""

    port: int
    guard: int

    @property
    def pid(self) -> int:
        """Of the server itself, below its guard."""
        done = subprocess.run(
            ["pgrep", "-P", str(self.guard)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return int(done.stdout)


def baseline(module: str) -> list[str]:
    """The program of a `bench_` module's other side."""
    return ["benchmarks.baseline", module]


@contextmanager
def serving(program: list[str], env: Mapping[str, str]) -> Iterator[Side]:
    """`python -m program` until the end of the block."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        log = Path(folder, f"{program[0]}.log")
        command = Command(
            name=program[0],
            argv=(sys.executable, "-m", *program),
            environment={**env, "APP_PORT": str(port), "LOG_DIR": folder},
            log=log,
            folder=Path.cwd(),
        )
        with GuardedProcess(command) as process:
            _wait(process, port)
            yield Side(port, process.pid)


def _wait(process: GuardedProcess, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.returncode is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
        else:
            return
    raise process.problem()
