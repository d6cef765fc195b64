"""Runs one command and ends it when standard input closes.

Whoever holds the other end of that pipe can be killed in any way: the
kernel closes the pipe, and the command does not outlive it. Started by file
name with an isolated interpreter, so it imports nothing of this project.

    guard.py STOP_SIGNAL GRACE_SECONDS COMMAND [ARGUMENT ...]
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

COMMAND_NOT_FOUND = 127


def main(arguments: list[str]) -> int:
    """The exit code of the command; 128 + number when a signal ended it."""
    stop_signal, grace = int(arguments[0]), float(arguments[1])
    try:
        # A group of its own: what it leaves behind can be killed as one.
        child = subprocess.Popen(
            arguments[2:], stdin=subprocess.DEVNULL, process_group=0
        )
    except OSError as error:
        print(f"ERROR: {arguments[2]}: {error.strerror}", file=sys.stderr)
        return COMMAND_NOT_FOUND

    def stop(*_: object) -> None:
        child.send_signal(stop_signal)
        killer = threading.Timer(grace, kill_group, [child.pid])
        killer.daemon = True
        killer.start()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    threading.Thread(target=watch, args=[stop], daemon=True).start()
    code = child.wait()
    kill_group(child.pid)
    return code if code >= 0 else 128 - code


def watch(stop: Callable[[], None]) -> None:
    """Waits for the end of standard input."""
    while os.read(0, 1):
        pass
    stop()


def kill_group(group: int) -> None:
    """Ends what is left of the command's children."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
