"""A small extension, dropped into a bake, does all that an Extension can."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.bake import REPOSITORY, bake_environment
from tests.conftest import Bakery, copy_bake

pytestmark = pytest.mark.services
PIECES = REPOSITORY / "tests" / "pieces"


@pytest.fixture
def extended(bakes: Bakery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bake with the pieces in it, and their role in its realm."""
    baked = bakes.bake(project_name="Extended Service")
    project = copy_bake(baked, tmp_path_factory)
    for piece in ("greetings", "unready"):
        target = project / "src" / "extensions" / piece
        shutil.copytree(PIECES / piece, target)
    shutil.copy(PIECES / "suite.py", project / "tests" / "test_pieces.py")
    give_role(project / "docker/keycloak/realm.json", "greet", "alice")
    return project


def give_role(path: Path, role: str, username: str) -> None:
    realm = json.loads(path.read_text())
    realm["roles"]["realm"].append({"name": role})
    for user in realm["users"]:
        if user["username"] == username:
            user["realmRoles"].append(role)
    path.write_text(json.dumps(realm))


def test_extension_works_over_http(
    extended: Path, environment: Path, stack_file: Path
) -> None:
    run_tests(extended, environment, stack_file, "tests/test_pieces.py")


def run_tests(
    project: Path, environment: Path, stack_file: Path, path: str
) -> None:
    found = subprocess.run(
        [environment / "bin" / "python", "-m", "pytest", path],
        cwd=project,
        env=bake_environment() | {"TEST_STACK": str(stack_file)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout
    assert "skipped" not in found.stdout.splitlines()[-1]
