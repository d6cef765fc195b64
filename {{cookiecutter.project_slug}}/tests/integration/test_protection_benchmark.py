"""The benchmark of protection runs, and says what it should."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.protection.switch import all_questions, all_switches
from scripts.stack import StackAddresses
from tests.running_service import ROOT

SMALL = ("--rounds", "1", "--seconds", "0.1", "--connections", "2")


@pytest.mark.slow
def test_it_compares_each_switch_on_each_question(
    stack: StackAddresses, tmp_path: Path
) -> None:
    addresses = tmp_path / "stack.json"
    addresses.write_text(stack.to_json())
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.protection", *SMALL],
        cwd=ROOT,
        env={**os.environ, "TEST_STACK": str(addresses)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for question in all_questions():
        assert f"\n{question.title}, all off " in done.stdout
    for switch in all_switches():
        assert done.stdout.count(f"  {switch.title} ") == len(all_questions())
    assert "FAILED" not in done.stdout
