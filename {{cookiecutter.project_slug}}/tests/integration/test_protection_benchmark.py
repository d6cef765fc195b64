"""The benchmark of protection runs, and says what it should."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.protection.switch import all_switches
from scripts.stack import StackAddresses
from tests.running_service import ROOT

ONE_ROUND = ("--warm-up", "0", "--rounds", "1", "--seconds", "1")


@pytest.mark.slow
def test_it_compares_each_switch(
    stack: StackAddresses, tmp_path: Path
) -> None:
    addresses = tmp_path / "stack.json"
    addresses.write_text(stack.to_json())
    words = ("benchmarks.protection", "--only", "WHOAMI", *ONE_ROUND)
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={**os.environ, "TEST_STACK": str(addresses)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    _, without, *others = done.stdout.splitlines()
    assert without.startswith("WHOAMI, all off ")
    assert len(others) == len(all_switches())
    for switch, line in zip(all_switches(), others, strict=True):
        assert line.startswith(f"  {switch.title} ")
        assert "FAILED" not in line
