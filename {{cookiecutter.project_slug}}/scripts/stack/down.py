"""`make down` and `make reset`."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from scripts.stack import folders, state
from scripts.stack.constants import POLL_SECONDS
from scripts.stack.problem import StackError

# The service may take 40 s for its requests, and then the servers end.
_PATIENCE_SECONDS = 90.0


def down(root: Path, say: Callable[[str], None]) -> None:
    """Ends a running `make up` and waits for it."""
    folder = root / state.FOLDER
    running = state.running(folder)
    if running is None and state.is_clear(folder):
        say("nothing runs")
        return
    if running is not None and running.pid:
        say(f"stopping (pid {running.pid})")
        os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not state.is_clear(folder):
        if time.monotonic() > deadline:
            raise StackError(
                "it does not end",
                "look for its processes with `ps` and end them",
            )
        time.sleep(POLL_SECONDS)
    say("stopped")


def reset(root: Path, say: Callable[[str], None]) -> None:
    """Deletes all data of the stack."""
    folder = root / state.FOLDER
    if not state.is_clear(folder):
        raise StackError("the stack is running", "stop it with `make down`")
    if not folder.exists():
        say("there is no data")
        return
    size = folders.megabytes(folders.size(folder))
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise StackError(
            f"cannot delete {error.filename} ({error.strerror})",
            "delete it as the user who made it",
        ) from error
    say(f"deleted {folder} ({size})")
