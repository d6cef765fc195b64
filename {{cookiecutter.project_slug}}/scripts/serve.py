"""`make serve`: the service alone, started anew when its code changes.

It uses the services of a running `make up`, else those that .env names.
"""

import os
import sys
from pathlib import Path

from watchfiles import PythonFilter, run_process

from scripts.stack import constants, ports
from scripts.stack.configuration import Configuration
from scripts.stack.problem import StackError
from scripts.within import adopt_running


def main() -> int:
    """Runs until Ctrl-C."""
    root = Path.cwd()
    adopt_running(root)
    try:
        port = _port(root)
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    os.environ["APP_PORT"] = str(port)
    print(f"serving on http://localhost:{port}, with reload", flush=True)
    run_process(
        root / constants.MODULE,
        target=f"{sys.executable} -m {constants.MODULE}",
        target_type="command",
        watch_filter=PythonFilter(),
        sigint_timeout=40,
    )
    return 0


def _port(root: Path) -> int:
    """The one that is asked for, or the next: `make up` may hold it."""
    default = constants.DEFAULT_PORTS["APP_PORT"]
    wanted = Configuration.read(root).port("APP_PORT", default)
    return wanted if ports.is_free(wanted) else ports.next_free(wanted)


if __name__ == "__main__":
    sys.exit(main())
