"""Workflows of a rendered service: valid, pinned, with few rights."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.actionlint import actionlint
from tests.conftest import Bakery

# What a workflow runs besides make.
OTHER_COMMANDS = ("gh release create ",)
PINNED = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
LOCAL = re.compile(r"\./\S+")
MAY_WRITE = {("release.yml", "release"): {"contents": "write"}}
SCHEMAS = {
    "workflows/*.yml": "vendor.github-workflows",
    "dependabot.yml": "vendor.dependabot",
}


@pytest.fixture(scope="module")
def github(bakes: Bakery) -> Path:
    return bakes["default"] / ".github"


@pytest.fixture(scope="module")
def workflows(github: Path) -> dict[str, Any]:
    found = {
        path.name: yaml.safe_load(path.read_text())
        for path in (github / "workflows").iterdir()
    }
    assert found.keys() == {"audit.yml", "ci.yml", "release.yml"}
    return found


def tool(name: str, *arguments: str | Path) -> str:
    """Output of a tool of this environment; fails when the tool does."""
    done = subprocess.run(
        [Path(sys.executable).with_name(name), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def jobs(workflows: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for file, workflow in workflows.items():
        for name, job in workflow["jobs"].items():
            yield file, name, job


def steps(workflows: dict[str, Any], key: str) -> Iterator[str]:
    for _, _, job in jobs(workflows):
        yield from (step[key] for step in job.get("steps", ()) if key in step)


def test_actionlint_has_no_findings(github: Path) -> None:
    found = actionlint(*sorted((github / "workflows").iterdir()))
    assert found.returncode == 0, found.stdout + found.stderr


def test_zizmor_has_no_findings(github: Path) -> None:
    tool("zizmor", "--offline", "--persona=auditor", "--quiet", github.parent)


@pytest.mark.parametrize("pattern", SCHEMAS)
def test_files_meet_their_schemas(github: Path, pattern: str) -> None:
    schema = ("--builtin-schema", SCHEMAS[pattern])
    tool("check-jsonschema", *schema, *github.glob(pattern))


def test_actions_are_pinned_by_hash(github: Path) -> None:
    for path in (github / "workflows").iterdir():
        for used in re.findall(r"uses: (.+)", path.read_text()):
            assert PINNED.fullmatch(used) or LOCAL.match(used), used


def test_rights_are_few(workflows: dict[str, Any]) -> None:
    for file, name, job in jobs(workflows):
        allowed = MAY_WRITE.get((file, name), {"contents": "read"})
        assert job["permissions"] == allowed, f"{file}: {name}"
    for workflow in workflows.values():
        assert workflow["permissions"] == {}


def test_runs_end_and_do_not_pile_up(workflows: dict[str, Any]) -> None:
    groups = [workflow["concurrency"] for workflow in workflows.values()]
    assert len({group["group"] for group in groups}) == len(groups)
    for file, name, job in jobs(workflows):
        assert "uses" in job or job["timeout-minutes"] <= 30, f"{file}: {name}"


def test_no_checkout_leaves_a_token(workflows: dict[str, Any]) -> None:
    for _, _, job in jobs(workflows):
        for step in job.get("steps", ()):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_secrets_are_not_asked_for(github: Path) -> None:
    for path in (github / "workflows").iterdir():
        assert "secrets." not in path.read_text()


def test_commands_are_make_targets(
    github: Path, workflows: dict[str, Any]
) -> None:
    targets = make_targets(github.parent)
    for command in steps(workflows, "run"):
        if command.startswith(OTHER_COMMANDS):
            continue
        words = command.split()
        assert words[0] == "make", command
        assert words[1] in targets, command


def make_targets(project: Path) -> set[str]:
    makefiles = [project / "Makefile", *project.glob("scripts/mk/*.mk")]
    return {
        target
        for path in makefiles
        for target in re.findall(
            r"^([a-z][\w-]*):", path.read_text(), re.MULTILINE
        )
    }


def test_off_leaves_nothing(bakes: Bakery) -> None:
    assert not (bakes["minimal"] / ".github").exists()
    assert (bakes["minimal"] / ".devcontainer").is_dir()


def test_devcontainer_is_the_service_s_own(project: Path) -> None:
    container = json.loads(
        (project / ".devcontainer/devcontainer.json").read_text()
    )
    version = (project / ".python-version").read_text().strip()
    assert f"python:{version}" in container["image"]
    command = container["postCreateCommand"].split()
    assert command[0] == "make"
    assert command[1] in make_targets(project)
