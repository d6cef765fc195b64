"""Every bake passes the checks that its own Makefile runs."""

import subprocess
from pathlib import Path

import pytest

from scripts.bake import bake_environment
from tests.conftest import module_of

CHECKS = {
    "ruff": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "layers": ["lint-imports"],
    "docstrings": ["interrogate"],
    "spelling": ["typos"],
    "dead code": ["python", "-m", "scripts.dead_code"],
}


@pytest.mark.parametrize("check", CHECKS)
def test_bake_passes(workplace: Path, environment: Path, check: str) -> None:
    tool, *options = CHECKS[check]
    if check == "types":
        parts = [module_of(workplace), "scripts", "tests"]
        options = ["--strict", *parts]
    elif check == "docstrings":
        options = [module_of(workplace)]
    found = subprocess.run(
        [environment / "bin" / tool, *options],
        cwd=workplace,
        env=bake_environment() | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
