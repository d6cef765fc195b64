"""`python -m scripts.within MODULE …`: runs a module on the running stack.

Sets the variables that `make up` gave to the service, so that a command
finds moved ports too; without a running stack, .env alone counts.
"""

import os
import sys
from pathlib import Path

from scripts.stack import state


def adopt_running(root: Path) -> None:
    """Puts the running stack's settings into the environment."""
    found = state.running(root / state.FOLDER)
    if found is not None and found.ready:
        os.environ.update(found.environment)


if __name__ == "__main__":
    adopt_running(Path.cwd())
    os.execv(sys.executable, [sys.executable, "-m", *sys.argv[1:]])
