"""What runs in this project, on disk for the other commands.

A supervisor holds a lock as long as it lives, and another one together with
the guards of its children: what a killed one left behind is told from what
runs, also where the number of a process was given to another.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Self

from scripts.stack import lock
from scripts.stack.constants import POLL_SECONDS
from scripts.stack.problem import StackError

FOLDER = ".stack"
_SUPERVISOR = "supervisor.lock"
_CHILDREN = "children.lock"
# Others look at the lock for a moment.
_PROBE_SECONDS = 0.3
# A killed supervisor's children end within their grace.
_LEFTOVER_SECONDS = 45.0


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
    if not lock.is_held(folder / _SUPERVISOR):
        return None
    return State.read(folder) or State(pid=0)


def is_clear(folder: Path) -> bool:
    """Whether neither a supervisor nor a child of one lives."""
    return not any(
        lock.is_held(folder / name) for name in (_SUPERVISOR, _CHILDREN)
    )


@contextmanager
def supervising(folder: Path) -> Iterator[int]:
    """Holds the locks; gives the number of the file for the guards to keep.

    Raises StackError when another supervisor lives.
    """
    with (
        (folder / _SUPERVISOR).open("a") as own,
        (folder / _CHILDREN).open("a") as children,
    ):
        if not _taken_within(_PROBE_SECONDS, own):
            raise _already_running(State.read(folder))
        if not _taken_within(_LEFTOVER_SECONDS, children):
            raise StackError(
                "children of a killed `make up` do not end",
                "look for them with `ps` and end them",
            )
        State(pid=os.getpid()).write(folder)
        try:
            yield children.fileno()
        finally:
            (folder / "state.json").unlink(missing_ok=True)


def _taken_within(seconds: float, file: IO[str]) -> bool:
    deadline = time.monotonic() + seconds
    while not lock.try_lock(file):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _already_running(other: State | None) -> StackError:
    if other is None or not other.ready:
        return StackError(
            "the stack is just starting or stopping", "wait for it"
        )
    return StackError(
        f"already running (pid {other.pid})",
        f"open {other.app_url}/docs, or stop it with `make down`",
    )
