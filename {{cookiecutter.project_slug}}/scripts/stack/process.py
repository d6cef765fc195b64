"""Child processes that end with this one, however it ends."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scripts.stack import guard, journal
from scripts.stack.problem import StackError

# What the guard may need beyond the grace it gives.
_GUARD_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Command:
    """A program with all it needs; `inherit` are open files kept by its guard.

    Without a `log` it writes to where this process writes.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path | None = None
    folder: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    inherit: tuple[int, ...] = ()


class GuardedProcess:
    """A command under guard; ends on `stop()`, and when this process does."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self._guard = _spawn(command)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Of the guard, which passes signals on."""
        return self._guard.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._guard.poll()

    def wait(self) -> int:
        """Until it ends by itself; its exit code."""
        return self._guard.wait()

    def stop(self) -> None:
        """Asks it to end; kills it when its grace is over."""
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        try:
            self._guard.wait(self.command.grace + _GUARD_SECONDS)
        except subprocess.TimeoutExpired:
            self._guard.kill()
            self._guard.wait()

    def problem(self) -> StackError:
        """Why it ended, from its log."""
        log = self.command.log
        end = f"{self.command.name} ended with code {self.returncode}"
        if log is None:
            return StackError(end, "see its last lines above")
        return StackError(f"{end}: {journal.cause(log)}", f"see {log}")


def run(command: Command) -> None:
    """Runs a command to its end; raises StackError when it fails."""
    with GuardedProcess(command) as process:
        if process.wait():
            raise process.problem()


def _spawn(command: Command) -> subprocess.Popen[bytes]:
    guarded = (
        sys.executable,
        "-IS",
        guard.__file__,
        str(int(command.stop_signal)),
        str(command.grace),
        *command.argv,
    )
    log = None if command.log is None else command.log.open("ab")
    try:
        return subprocess.Popen(
            guarded,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=dict(command.environment),
            cwd=command.folder,
            pass_fds=command.inherit,
            # Ctrl-C in a terminal must reach the supervisor alone.
            start_new_session=True,
        )
    finally:
        if log is not None:
            log.close()
