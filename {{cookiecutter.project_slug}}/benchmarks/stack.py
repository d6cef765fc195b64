"""The servers that a benchmark runs on."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.stack import Stack, StackAddresses


@contextmanager
def running_stack() -> Iterator[StackAddresses]:
    """Those that TEST_STACK names, or new ones until the block ends."""
    shared = os.environ.get("TEST_STACK")
    if shared:
        yield StackAddresses.from_json(Path(shared).read_text())
        return
    with (
        tempfile.TemporaryDirectory(prefix="stack-") as folder,
        Stack(Path(folder), say=print) as stack,
    ):
        yield stack
