"""A project of an older template takes the newer one, edits kept."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.bake import SERVICE, VARIANTS, render
from tests.test_tree import load_hook

Maker = Callable[[Path, Path, str], Path]
EDIT = "\nMy own paragraph.\n"
NEWS = "The template's newer paragraph.\n"


@pytest.fixture
def older(template: Path, tmp_path: Path) -> Path:
    """A template repository of its own, at its first commit."""
    repository = tmp_path / "template"
    shutil.copytree(
        template, repository, ignore=shutil.ignore_patterns(".git")
    )
    git(repository, "init", "--quiet", "--initial-branch=main")
    commit(repository, "older")
    return repository


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def commit(folder: Path, message: str) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def make_newer(template: Path) -> str:
    """Change a text, a piece of the example, and add files to both."""
    service = template / SERVICE
    readme = service / "README.md"
    readme.write_text(NEWS + readme.read_text())
    for example in service.rglob("*author*.py"):
        example.write_text(example.read_text() + "\n# newer\n")
    docs = service / "docs"
    docs.mkdir(exist_ok=True)
    (docs / "newer_author_guide.md").write_text("Newer.\n")
    (docs / "newer_guide.md").write_text("{{cookiecutter.project_name}}\n")
    return commit(template, "newer")


def cruft(project: Path, *arguments: str) -> str:
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "cruft", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


def start_project(project: Path) -> Path:
    """Take the bake into git and edit it, as a user does."""
    git(project, "init", "--quiet", "--initial-branch=main")
    commit(project, "rendered")
    readme = project / "README.md"
    readme.write_text(readme.read_text() + EDIT)
    (project / "mine.txt").write_text("mine")
    commit(project, "edited")
    return project


def by_cookiecutter(template: Path, output: Path, variant: str) -> Path:
    return render(template, output, VARIANTS[variant])


def by_cruft(template: Path, output: Path, variant: str) -> Path:
    answers = json.dumps(VARIANTS[variant])
    output.mkdir()
    options = ["--no-input", "--extra-context", answers]
    cruft(output, "create", str(template), *options)
    (project,) = output.iterdir()
    return project


@pytest.mark.parametrize(
    ("variant", "maker"),
    [
        ("default", by_cookiecutter),
        ("longest", by_cruft),
        ("minimal", by_cookiecutter),
        ("minimal", by_cruft),
    ],
)
def test_edits_are_kept_and_news_arrive(
    older: Path, tmp_path: Path, variant: str, maker: Maker
) -> None:
    project = start_project(maker(older, tmp_path / "output", variant))
    newest = make_newer(older)

    cruft(project, "update", "--skip-apply-ask")

    readme = (project / "README.md").read_text()
    assert readme.startswith(NEWS)
    assert readme.endswith(EDIT)
    assert (project / "mine.txt").read_text() == "mine"
    name = VARIANTS[variant].get("project_name", "Example Service")
    assert (project / "docs/newer_guide.md").read_text() == f"{name}\n"
    assert not list(project.rglob("*.rej"))
    assert "<<<<<<<" not in readme
    assert bool(example_of(project)) is (variant != "minimal")
    assert ".cruft.json" in git(project, "status", "--short")
    state = json.loads((project / ".cruft.json").read_text())
    assert state["commit"] == newest
    commit(project, "updated")
    assert "up to date" in cruft(project, "update", "--skip-apply-ask")


def example_of(project: Path) -> list[Path]:
    return [
        path for path in project.rglob("*author*") if ".git" not in path.parts
    ]


def test_conflicts_are_ordinary_merge_markers(
    older: Path, tmp_path: Path
) -> None:
    project = start_project(render(older, tmp_path / "output", {}))
    readme = project / "README.md"
    readme.write_text("My own first line.\n" + readme.read_text())
    commit(project, "edited the line that the template changes")
    make_newer(older)

    cruft(project, "update", "--skip-apply-ask")

    assert "<<<<<<< ours" in readme.read_text()
    assert "My own first line." in readme.read_text()
    assert NEWS in readme.read_text()
    assert not list(project.rglob("*.rej"))


def test_answers_file_is_the_one_that_cruft_writes(
    older: Path, tmp_path: Path
) -> None:
    """So a project changes hands between the two without noise."""
    files = []
    for maker in (by_cookiecutter, by_cruft):
        project = maker(older, tmp_path / maker.__name__, "minimal")
        state = json.loads((project / ".cruft.json").read_text())
        answers = state["context"]["cookiecutter"]
        state["context"] = {
            name: answers[name]
            for name in answers
            if not name.startswith("__")
        }
        files.append(json.dumps(state))
    assert files[0] == files[1]


def test_relative_template_stays_relative(older: Path, tmp_path: Path) -> None:
    """No path of the machine gets into the project's repository."""
    output = tmp_path / "output"
    output.mkdir()
    subprocess.run(
        "exec $PYTHON -m cookiecutter --no-input --default-config ../template",
        shell=True,
        cwd=output,
        env={"PYTHON": sys.executable, "PWD": str(output), **git_paths()},
        check=True,
    )
    project = start_project(output / "example_service")
    assert str(tmp_path) not in (project / ".cruft.json").read_text()
    make_newer(older)
    cruft(project, "update", "--skip-apply-ask")
    assert (project / "README.md").read_text().startswith(NEWS)


def git_paths() -> dict[str, str]:
    return {"PATH": str(Path(shutil.which("git") or "git").parent)}


def test_template_without_git_has_no_commit(
    template: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "unpacked"
    shutil.copytree(template, bare, ignore=shutil.ignore_patterns(".git"))
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, "a repository around it, which is not the template's")
    project = render(bare, tmp_path / "output", {})
    state = json.loads((project / ".cruft.json").read_text())
    assert state["commit"] is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("gh:acme/template", "https://github.com/acme/template.git"),
        ("gl:acme/template", "https://gitlab.com/acme/template.git"),
        ("git@example.com:a/b.git", "git@example.com:a/b.git"),
        ("https://example.com/a/b", "https://example.com/a/b"),
    ],
)
def test_short_addresses_are_written_out(given: str, expected: str) -> None:
    hook = load_hook("post_gen_project")
    hook.ANSWERS["_template"] = given
    assert hook.template_address() == expected
