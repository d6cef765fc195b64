"""A program of a bake that serves until the tests let go of it."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.bake import bake_environment

READY = "READY"
STOP_SECONDS = 60


@contextmanager
def kept(command: Sequence[str | Path], folder: Path) -> Iterator[list[str]]:
    """Yield what it says after READY; it ends when its input does."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=bake_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith(READY):
                break
        else:
            raise RuntimeError(f"it did not start:\n{''.join(said)}")
        yield said[-1].split()[1:]
        process.stdin.close()
        process.wait(timeout=STOP_SECONDS)
