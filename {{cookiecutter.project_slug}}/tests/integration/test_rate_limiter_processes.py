"""Four processes share one window, and so do the workers of a service."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest

from tests.running_service import ROOT, RunningService

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]

# Of each process; 50 in all.
TIMES = (13, 13, 12, 12)
LIMIT = 10


@contextmanager
def asking(
    env: Mapping[str, str], module: str, *words: str
) -> Iterator[subprocess.Popen[str]]:
    """Ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words],
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


def passed(env: Mapping[str, str], module: str, *words: str) -> list[int]:
    """How many each process got through; all ask at the same time."""
    with ExitStack() as stack:
        processes = [
            stack.enter_context(asking(env, module, *words, str(times)))
            for times in TIMES
        ]
        assert [says(p) for p in processes] == ["ready"] * len(TIMES)
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [int(says(process)) for process in processes]


def test_ten_of_fifty(redis_env: Mapping[str, str]) -> None:
    found = passed(redis_env, "tests.limiter_process", "k", str(LIMIT))
    print(f"\nasked {TIMES}, let through {found}: {sum(found)}")
    assert sum(found) == LIMIT


def test_ten_of_fifty_by_two_workers(start_probe: Start, sign: Sign) -> None:
    with start_probe(
        WORKERS="2", RATE_LIMIT_PER_MINUTE=str(LIMIT), RATE_LIMIT_BURST="0"
    ) as service:
        found = passed({}, "tests.http_process", service.url, sign())
    print(f"\nasked two workers {TIMES}, served {found}: {sum(found)}")
    assert sum(found) == LIMIT
