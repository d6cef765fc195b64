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
ONE_PAIR = ("--only", "WHOAMI", "--switch", "all on")


@pytest.mark.slow
def test_it_compares_a_switch(stack: StackAddresses, tmp_path: Path) -> None:
    addresses = tmp_path / "stack.json"
    addresses.write_text(stack.to_json())
    words = ("benchmarks.protection", *ONE_PAIR, *ONE_ROUND)
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
    [line] = others
    assert line.startswith("  all on ")
    assert "FAILED" not in line


def test_each_protection_has_a_switch_and_all_of_them_another() -> None:
    *single, everything = all_switches()
    assert {"limiter", "revocation check"} <= {s.title for s in single}
    assert everything.title == "all on"
    assert set(everything.on) == {n for s in single for n in s.on}
