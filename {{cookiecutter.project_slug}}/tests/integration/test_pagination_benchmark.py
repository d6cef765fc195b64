"""The benchmark of pages runs, and says what it should."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.stack import StackAddresses
from tests.running_service import ROOT

SMALL = ("--rows", "2100", "--rounds", "1")


@pytest.mark.slow
def test_it_prints_a_line_for_each_page(
    stack: StackAddresses, tmp_path: Path
) -> None:
    addresses = tmp_path / "stack.json"
    addresses.write_text(stack.to_json())
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pagination", *SMALL],
        cwd=ROOT,
        env={**os.environ, "TEST_STACK": str(addresses)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    title, _, *lines, total = done.stdout.splitlines()
    assert title.startswith("2,100 rows, 20 a page")
    found = [tuple(line.split()[:2]) for line in lines]
    assert found == [
        (sort, page)
        for sort in ("id", "created_at")
        for page in ("1", "100", "105")
    ]
    assert total.startswith("a total, counted")
