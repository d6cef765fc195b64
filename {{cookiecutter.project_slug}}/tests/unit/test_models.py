"""A relationship finds the other model, whoever is imported first."""

import subprocess
import sys

import pytest

from tests.running_service import ROOT, SERVICE

MODULES = sorted(
    path.stem for path in (ROOT / SERVICE / "models").glob("[!_]*.py")
)
CONFIGURE = """
import importlib, sys
from sqlalchemy.orm import configure_mappers
importlib.import_module(sys.argv[1])
configure_mappers()
"""


@pytest.mark.parametrize("module", MODULES)
def test_importing_one_model_is_enough(module: str) -> None:
    name = f"{SERVICE}.models.{module}"
    command = [sys.executable, "-c", CONFIGURE, name]
    subprocess.run(command, cwd=ROOT, check=True)
