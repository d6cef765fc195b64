"""`make serve`: the service alone, started anew when its code changes.

It uses the services of a running `make up`, else those that .env names.
"""

import os
import sys
from pathlib import Path

from watchfiles import PythonFilter, watch

from scripts.stack import constants, ports
from scripts.stack.configuration import Configuration
from scripts.stack.problem import StackError
from scripts.stack.process import Command, GuardedProcess
from scripts.within import adopt_running


def main() -> int:
    """Runs until Ctrl-C."""
    root = Path.cwd()
    asked = os.environ.get("APP_PORT")
    adopt_running(root)
    if asked:
        os.environ["APP_PORT"] = asked
    try:
        port = _port(root)
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"serving on http://localhost:{port}, with reload", flush=True)
    _reload(root, port)
    return 0


def _reload(root: Path, port: int) -> None:
    """The service is a guarded child: Ctrl-C must not reach it twice."""
    command = Command(
        name=constants.MODULE,
        argv=(sys.executable, "-m", constants.MODULE),
        environment={**os.environ, "APP_PORT": str(port)},
        folder=root,
        grace=constants.APPLICATION_GRACE_SECONDS,
    )
    process = GuardedProcess(command)
    code = root / constants.MODULE
    try:
        for _ in watch(code, watch_filter=PythonFilter()):
            process.stop()
            process = GuardedProcess(command)
    except KeyboardInterrupt:
        print()
    finally:
        process.stop()


def _port(root: Path) -> int:
    """The one that is asked for, or the next: `make up` may hold it."""
    default = constants.DEFAULT_PORTS["APP_PORT"]
    wanted = Configuration.read(root).port("APP_PORT", default)
    return wanted if ports.is_free(wanted) else ports.next_free(wanted)


if __name__ == "__main__":
    sys.exit(main())
