"""Render the template as it lies here, into build/ or into a test's folder.

Usage: python -m scripts.bake VARIANT [FOLDER]
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cookiecutter.main import cookiecutter

REPOSITORY = Path(__file__).resolve().parents[1]
SERVICE = "{{cookiecutter.project_slug}}"
BUILD = REPOSITORY / "build"
# What a bake holds that was not rendered.
KEPT = {".env", ".stack", ".venv", "uv.lock"}
LONGEST_MODULE = "chat_service_acme_xy"
VARIANTS: dict[str, dict[str, object]] = {
    "default": {},
    "minimal": {
        "project_name": "Minimal Service",
        "include_example": False,
        "include_audit": False,
        "include_github_actions": False,
    },
    "without-audit": {
        "project_name": "Forgetful Service",
        "include_audit": False,
    },
    "audit-alone": {
        "project_name": "Audited Service",
        "include_example": False,
        "include_github_actions": False,
    },
    "longest": {
        "project_name": "Acme's Chat-Service",
        "project_description": "It's a chat: rooms & people, 100 % typed.",
        "author_name": "Zoë O'Hara-Müller",
        "module_name": LONGEST_MODULE,
        "license": "Apache-2.0",
    },
    "hooks-refused": {"project_name": "Hooks Refused"},
}
WITHOUT_HOOKS = {"hooks-refused"}
# What a make, uv or pytest around it must not tell a bake's own.
OUTER = ("MAKE", "MFLAGS", "PYTEST_", "UV_RUN", "VIRTUAL_ENV")


def bake_environment() -> dict[str, str]:
    """The variables of a command in a bake.

    All bakes share one .venv and what mypy knows of the libraries in it;
    tests that run side by side have a memory each.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OUTER)
    }
    return own | {
        "UV_PROJECT_ENVIRONMENT": str(BUILD / "env"),
        "MYPY_CACHE_DIR": str(BUILD / "mypy" / worker),
    }


def stage(folder: Path) -> Path:
    """Copy what renders, and nothing else.

    cookiecutter copies a local template whole before it runs pre_prompt:
    here that would be every bake, environment and running database in build/.
    """
    junk = shutil.ignore_patterns("__pycache__", ".*_cache")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    shutil.copy(REPOSITORY / "cookiecutter.json", folder)
    for part in ("hooks", SERVICE):
        shutil.copytree(REPOSITORY / part, folder / part, ignore=junk)
    # Lets the hook find the commit.
    (folder / ".git").write_text(f"gitdir: {git_directory()}\n")
    return folder


def git_directory() -> str:
    command = ["git", "rev-parse", "--absolute-git-dir"]
    found = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def render(
    template: Path,
    output: Path,
    answers: Mapping[str, object],
    *,
    hooks: bool = True,
) -> Path:
    """Render into a folder of the slug's name under output."""
    questions = json.loads((template / "cookiecutter.json").read_text())
    unknown = answers.keys() - questions.keys()
    if unknown:
        raise KeyError(f"no such question: {', '.join(sorted(unknown))}")
    project = cookiecutter(
        str(template),
        no_input=True,
        default_config=True,
        accept_hooks=hooks,
        output_dir=str(output),
        extra_context=dict(answers),
    )
    return Path(project)


def replace(target: Path, fresh: Path) -> None:
    """Put a fresh bake in the place of an old one that may be running."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        if old.name in KEPT:
            continue
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
    for new in fresh.iterdir():
        shutil.move(new, target / new.name)


def main() -> int:
    variant = sys.argv[1]
    if variant not in VARIANTS:
        print(f"V={variant} is none of: {', '.join(VARIANTS)}")
        return 2
    target = BUILD / (sys.argv[2] if len(sys.argv) > 2 else variant)
    template = stage(BUILD / "template")
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        hooks = variant not in WITHOUT_HOOKS
        fresh = render(template, Path(folder), VARIANTS[variant], hooks=hooks)
        replace(target, fresh)
    print(target.relative_to(REPOSITORY))
    return 0


if __name__ == "__main__":
    sys.exit(main())
