"""Four processes share one window."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import pytest

from tests.running_service import ROOT

pytestmark = pytest.mark.slow

# Of each process; 50 in all.
TIMES = (13, 13, 12, 12)
LIMIT = 10


@contextmanager
def asking(
    env: Mapping[str, str], key: str, times: int
) -> Iterator[subprocess.Popen[str]]:
    """Ready to ask that often; ends with the block."""
    command = [sys.executable, "-m", "tests.limiter_process", key]
    process = subprocess.Popen(
        [*command, str(LIMIT), str(times)],
        env={**os.environ, **env},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def says(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_ten_of_fifty(redis_env: Mapping[str, str]) -> None:
    with ExitStack() as stack:
        processes = [
            stack.enter_context(asking(redis_env, "k", number))
            for number in TIMES
        ]
        assert [says(p) for p in processes] == ["ready"] * len(TIMES)
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        passed = [int(says(process)) for process in processes]
    print(f"\nasked {TIMES}, let through {passed}: {sum(passed)}")
    assert sum(passed) == LIMIT
