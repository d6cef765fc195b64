"""Every bake's own suite passes on real services, one stack for all."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.bake import bake_environment
from tests.conftest import SUITES, Bakery, copy_bake

pytestmark = pytest.mark.services

# Runs until its input ends, so that nothing outlives the tests.
KEEP_STACK = """
import sys
from pathlib import Path

from scripts.stack import Stack

folder, addresses = map(Path, sys.argv[1:])
with Stack(folder) as stack:
    addresses.write_text(stack.to_json())
    print("READY", flush=True)
    sys.stdin.read()
"""
SUMMARY = re.compile(r"^=+ (.*\d+ \w+.*) in ([\d.]+s.*?) =+$", re.MULTILINE)


@pytest.fixture(scope="session")
def stack_file(
    bakes: Bakery,
    environment: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """Addresses of a stack that the default bake started."""
    project = copy_bake(bakes["default"], tmp_path_factory)
    folder = tmp_path_factory.mktemp("stack")
    addresses = folder / "addresses.json"
    with subprocess.Popen(
        [environment / "bin/python", "-c", KEEP_STACK, folder, addresses],
        cwd=project,
        env=bake_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as keeper:
        assert keeper.stdin
        assert keeper.stdout
        said = []
        for line in keeper.stdout:
            said.append(line)
            if line.strip() == "READY":
                break
        else:
            pytest.fail("the stack did not start:\n" + "".join(said))
        yield addresses
        keeper.stdin.close()
        keeper.wait(timeout=60)


def test_suite_of_bake_passes(
    variant: str,
    workplace: Path,
    stack_file: Path,
    record_property: Callable[[str, object], None],
) -> None:
    found = subprocess.run(
        ["make", "--no-print-directory", "test"],
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
