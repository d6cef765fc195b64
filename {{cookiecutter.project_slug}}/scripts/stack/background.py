"""`DETACH=1 make up`: the same, left running in the background."""

import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from scripts.stack import constants, folders, state


def start(root: Path) -> int:
    """0 when it is ready, 1 when it failed; passes on what it says."""
    folder = folders.make(root / state.FOLDER)
    log = folder / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.stack", "up"],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        with log.open() as written:
            return _follow(process, folder, written)
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _follow(
    process: subprocess.Popen[bytes], folder: Path, written: IO[str]
) -> int:
    while process.poll() is None:
        ready = _is_ready(process.pid, folder)
        print(written.read(), end="", flush=True)
        if ready:
            return 0
        time.sleep(constants.POLL_SECONDS)
    print(written.read(), end="", flush=True)
    return 1


def _is_ready(pid: int, folder: Path) -> bool:
    found = state.State.read(folder)
    return found is not None and found.ready and found.pid == pid
