"""Renders are equal, and pruning twice changes nothing."""

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter

from scripts.bake import REPOSITORY, VARIANTS, render
from tests.conftest import SUITES, Bakery
from tests.test_tree import files


def digest(project: Path) -> dict[str, str]:
    """Contents and modes of all files."""
    return {
        path.relative_to(project).as_posix(): hashlib.sha256(
            path.read_bytes() + bytes([path.stat().st_mode & 0o111])
        ).hexdigest()
        for path in files(project)
    }


@pytest.mark.parametrize("variant", ["default", "minimal", "longest"])
def test_two_renders_are_equal(
    bakes: Bakery,
    template: Path,
    tmp_path: Path,
    variant: str,
    record_property: Callable[[str, object], None],
) -> None:
    """Says what a bake costs too; how busy the machine is decides nothing."""
    began, used = time.perf_counter(), processor_seconds()
    again = render(template, tmp_path, VARIANTS[variant])
    used = processor_seconds() - used
    took = time.perf_counter() - began
    line = f"bake of {variant}, hooks included: {took:.2f} s"
    record_property(SUITES, f"{line}, of a processor {used:.2f} s")
    assert digest(again) == digest(bakes[variant])


@pytest.mark.parametrize("variant", ["default", "minimal"])
def test_rendering_over_itself_changes_nothing(
    bakes: Bakery, template: Path, tmp_path: Path, variant: str
) -> None:
    project = render(template, tmp_path, VARIANTS[variant])
    mine = project / ".venv" / "lib" / "author_of_mine.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    notes = project / "docs" / "notes_of_the_author.md"
    notes.parent.mkdir(exist_ok=True)
    notes.write_text("mine")
    cookiecutter(
        str(template),
        no_input=True,
        default_config=True,
        overwrite_if_exists=True,
        output_dir=str(tmp_path),
        extra_context=dict(VARIANTS[variant]),
    )
    assert mine.read_text() == notes.read_text() == "mine"
    notes.unlink()
    assert digest(project) == digest(bakes[variant])


@pytest.mark.parametrize("variant", ["default", "minimal"])
def test_hook_may_run_twice(
    bakes: Bakery, template: Path, tmp_path: Path, variant: str
) -> None:
    project = render(template, tmp_path, VARIANTS[variant])
    answers = json.loads((project / ".cruft.json").read_text())["context"]
    answers["cookiecutter"]["_repo_dir"] = str(template)
    answers["cookiecutter"].pop("_commit")
    run_hook(project, answers["cookiecutter"])
    answers["cookiecutter"].pop("_repo_dir")
    answers["cookiecutter"]["_commit"] = "given by cruft"
    run_hook(project, answers["cookiecutter"])
    assert digest(project) == digest(bakes[variant])


def run_hook(project: Path, answers: dict[str, object]) -> None:
    hook = (REPOSITORY / "hooks" / "post_gen_project.py").read_text()
    source = hook.replace("{{ cookiecutter | tojson }}", json.dumps(answers))
    subprocess.run(
        [sys.executable, "-"],
        input=source,
        text=True,
        cwd=project,
        env=os.environ | {"PATH": os.environ["PATH"]},
        check=True,
    )


def processor_seconds() -> float:
    """The hooks are children of this process."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        for usage in [resource.getrusage(who)]
    )
