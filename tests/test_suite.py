"""Every bake's own suite passes on real services, one stack for all."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.bake import bake_environment
from tests.conftest import SUITES

pytestmark = pytest.mark.services

# These differ from default by names alone, which is not what the tests that
# start and end processes are about.
SAME_BUT_FOR_NAMES = {"hooks-refused", "longest"}
SUMMARY = re.compile(r"^=+ (.*\d+ \w+.*) in ([\d.]+s.*?) =+$", re.MULTILINE)


def test_suite_of_bake_passes(
    variant: str,
    workplace: Path,
    stack_file: Path,
    record_property: Callable[[str, object], None],
) -> None:
    command = ["make", "--no-print-directory", "test"]
    if variant in SAME_BUT_FOR_NAMES:
        command.append("ARGS=-m 'not slow'")
    found = subprocess.run(
        command,
        cwd=workplace,
        env=bake_environment() | {"TEST_STACK": str(stack_file)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(found.stdout)
    assert found.returncode == 0
    summaries = SUMMARY.findall(found.stdout)
    assert summaries, "the suite printed no summary"
    counts, seconds = summaries[-1]
    record_property(SUITES, f"{variant:14} {counts} in {seconds}")
    assert "skipped" not in counts
    assert "xfailed" not in counts
