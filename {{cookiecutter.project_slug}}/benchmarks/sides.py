"""The two processes that are compared."""

import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.stack.ports import free_port
from scripts.stack.process import Command, GuardedProcess

SERVICE = "{{cookiecutter.module_name}}"
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Side:
    """A server on a port of the loopback."""

    name: str
    port: int


@contextmanager
def sides(module: str, env: Mapping[str, str]) -> Iterator[tuple[Side, Side]]:
    """The service and the baseline of a `bench_` module."""
    with ExitStack() as running:
        folder = Path(
            running.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        )
        yield (
            running.enter_context(_serving([SERVICE], env, folder)),
            running.enter_context(
                _serving(["benchmarks.baseline", module], env, folder)
            ),
        )


@contextmanager
def _serving(
    program: list[str], env: Mapping[str, str], folder: Path
) -> Iterator[Side]:
    port = free_port()
    log = folder / f"{program[0]}.log"
    command = Command(
        name=program[0],
        argv=(sys.executable, "-m", *program),
        environment={
            **os.environ,
            **env,
            "APP_PORT": str(port),
            "LOG_DIR": str(folder),
        },
        log=log,
        folder=Path.cwd(),
    )
    with GuardedProcess(command) as process:
        _wait(process, port)
        yield Side(program[0], port)


def _wait(process: GuardedProcess, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.returncode is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise process.problem()
