"""Every bake's own suite passes on real services, one stack for all."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.bake import bake_environment
from tests.conftest import CHAOS, SUITES

pytestmark = pytest.mark.services

# What a variant leaves out because another one runs it: two differ from
# default by names alone, minimal has no audit trail either, and default has
# the other tests of audit-alone.
LESS = {
    "hooks-refused": "tests/unit tests/contract tests/integration/test_a*.py",
    "longest": "-m 'not slow'",
    "without-audit": "tests/unit tests/contract",
    "audit-alone": "-k 'unit or contract or audit'",
}
SUMMARY = re.compile(r"^=+ (.*\d+ \w+.*) in ([\d.]+s.*?) =+$", re.MULTILINE)
# The table of the tests that kill and freeze servers.
CHAOS_TABLE = re.compile(r"^=+ chaos =+\n(.*?)^=", re.MULTILINE | re.DOTALL)

type Record = Callable[[str, object], None]


def test_suite_of_bake_passes(
    variant: str, workplace: Path, stack_file: Path, record_property: Record
) -> None:
    arguments = ["test"]
    if variant in LESS:
        arguments.append(f"ARGS={LESS[variant]}")
    counts, seconds, _ = made(workplace, stack_file, *arguments)
    record_property(SUITES, f"{variant:14} {counts} in {seconds}")


@pytest.mark.parametrize(
    "variant", ["default"], indirect=True, scope="session"
)
def test_bake_withstands_chaos(
    variant: str, workplace: Path, stack_file: Path, record_property: Record
) -> None:
    counts, seconds, said = made(workplace, stack_file, "test-chaos")
    found = CHAOS_TABLE.search(said)
    assert found, "the suite printed no table"
    title = f"{variant}: {counts} in {seconds}"
    record_property(CHAOS, f"{title}\n{found[1]}")


def made(project: Path, stack: Path, *arguments: str) -> tuple[str, str, str]:
    """What pytest counted, how long it took, and all it printed."""
    found = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=project,
        env=bake_environment() | {"TEST_STACK": str(stack)},
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
    assert "skipped" not in counts
    assert "xfailed" not in counts
    return counts, seconds, found.stdout
