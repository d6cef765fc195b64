"""A copy of the parts of this project that the generator works on."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = "{{cookiecutter.module_name}}"


def copy_project(target: Path) -> Path:
    """The package, the realm, the rules of ruff, a folder for tests."""
    junk = shutil.ignore_patterns("__pycache__", "*_cache")
    shutil.copytree(ROOT / PACKAGE, target / PACKAGE, ignore=junk)
    shutil.copytree(ROOT / "docker" / "keycloak", target / "docker/keycloak")
    shutil.copy(ROOT / "pyproject.toml", target)
    (target / "tests" / "integration").mkdir(parents=True)
    return target


def contents(root: Path) -> dict[str, bytes]:
    """Every file, to see what changed."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
