"""A lock between processes that ends with the process that holds it."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def held(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Waits for the lock; `on_wait` is called once when it has to."""
    with path.open("a") as file:
        if not try_lock(file):
            on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def try_lock(file: IO[str]) -> bool:
    """Whether the lock is ours now; `file` must stay open to keep it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock right now."""
    if not path.exists():
        return False
    with path.open("a") as file:
        return not try_lock(file)
