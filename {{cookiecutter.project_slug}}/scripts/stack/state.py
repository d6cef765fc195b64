"""What runs in this project, on disk for the other commands.

The supervisor holds a lock as long as it lives, and so do the guards of its
children: state without a lock is what a killed one left behind.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from scripts.stack import lock
from scripts.stack.problem import StackError

FOLDER = ".stack"
# A killed supervisor's children end within their grace.
_LEFTOVER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class State:
    """Who supervises and what the service's settings are."""

    pid: int
    ready: bool = False
    app_url: str = ""
    keycloak_url: str = ""
    realm: str = ""
    client_id: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """For the owner's eyes only: it holds passwords."""
        fresh = folder / "state.json.new"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(asdict(self), indent=2))
        fresh.replace(folder / "state.json")

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """None when nothing was written."""
        try:
            return cls(**json.loads((folder / "state.json").read_text()))
        except FileNotFoundError:
            return None


def running(folder: Path) -> State | None:
    """The state of a live supervisor."""
    if not (folder / "lock").exists():
        return None
    with (folder / "lock").open("a") as file:
        if lock.try_lock(file):
            return None
    return State.read(folder) or State(pid=0)


@contextmanager
def supervising(folder: Path) -> Iterator[int]:
    """Holds the lock; gives its file number, for the guards to keep.

    Raises StackError when another supervisor lives.
    """
    with (folder / "lock").open("a") as file:
        deadline = time.monotonic() + _LEFTOVER_SECONDS
        while not lock.try_lock(file):
            other = State.read(folder)
            if other is None or _lives(other.pid):
                raise _already_running(other)
            if time.monotonic() > deadline:
                raise StackError(
                    "children of a killed `make up` do not end",
                    "look for them with `ps` and end them",
                )
            time.sleep(0.1)
        State(pid=os.getpid()).write(folder)
        try:
            yield file.fileno()
        finally:
            (folder / "state.json").unlink(missing_ok=True)


def _already_running(other: State | None) -> StackError:
    if other is None or not other.ready:
        return StackError(
            "the stack is just starting or stopping", "wait for it"
        )
    return StackError(
        f"already running (pid {other.pid})",
        f"open {other.app_url}/docs, or stop it with `make down`",
    )


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
