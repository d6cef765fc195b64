"""What the generator writes into a copy of this project."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import realm_file
from scripts.generator.command_line import main
from scripts.generator.enum_class import EnumClass
from tests.project_copy import PACKAGE, contents, copy_project

FLAGS = [
    "",
    "--schema",
    "--paginated --http",
    "--schema --http --roles trial-see trial-change",
    "--schema --paginated --http --roles trial-see",
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path)


def members(root: Path, path: str, name: str) -> dict[str, Any]:
    text = (root / PACKAGE / path).read_text(encoding="utf-8")
    return EnumClass.read(text, name).members


def ids(root: Path) -> dict[str, int]:
    return members(root, "api/ws/constants.py", "PkgID")


@pytest.mark.parametrize("flags", FLAGS)
def test_files_are_python_as_ruff_wants_it(project: Path, flags: str) -> None:
    before = contents(project)
    assert main(["try_out", "TRY_OUT", *flags.split()], project) == 0
    new = [path for path in contents(project) if path not in before]
    expected = {
        f"{PACKAGE}/api/ws/handlers/try_out.py",
        f"{PACKAGE}/commands/try_out.py",
        "tests/integration/test_package_try_out.py",
    }
    if "--schema" in flags or "--paginated" in flags:
        expected.add(f"{PACKAGE}/schemas/try_out.py")
    if "--http" in flags:
        expected.add(f"{PACKAGE}/api/http/try_out.py")
    assert set(new) == expected
    for path in new:
        assert ast.get_docstring(ast.parse((project / path).read_text()))
    touched = [*new, f"{PACKAGE}/roles.py", f"{PACKAGE}/api/ws/constants.py"]
    for command in (["check"], ["format", "--check"]):
        subprocess.run(
            [sys.executable, "-m", "ruff", *command, *touched],
            cwd=project,
            check=True,
        )


def test_an_id_is_the_next_and_stands_in_order(project: Path) -> None:
    before = ids(project)
    highest = max(number for number in before.values() if number < 900)
    assert main(["try_out", "TRY_OUT"], project) == 0
    assert main(["try_more", "TRY_MORE"], project) == 0
    after = ids(project)
    assert after["TRY_OUT"] == highest + 1
    assert after["TRY_MORE"] == highest + 2
    assert list(after.values()) == sorted(after.values())
    assert list(after)[-1] == "UNREGISTERED_HANDLER"
    assert {name: after[name] for name in before} == before


def test_an_id_that_is_there_is_taken(project: Path) -> None:
    path = project / PACKAGE / "api/ws/constants.py"
    text = path.read_text()
    text = text.replace("WHOAMI = 100\n", "WHOAMI = 100\n    TRY_OUT = 555\n")
    path.write_text(text)
    assert main(["try_out", "TRY_OUT"], project) == 0
    assert path.read_text() == text


def test_roles_go_to_role_and_realm_and_alice(project: Path) -> None:
    realm = realm_file.path_in(project)
    before = json.loads(realm.read_text())
    flags = ["--roles", "trial-see", "trial-change", "trial-see"]
    assert main(["try_out", "TRY_OUT", *flags], project) == 0
    roles = members(project, "roles.py", "Role")
    assert roles["TRIAL_SEE"] == "trial-see"
    assert list(roles)[-2:] == ["TRIAL_SEE", "TRIAL_CHANGE"]
    after = json.loads(realm.read_text())
    new = [role["name"] for role in after["roles"]["realm"]][-2:]
    assert new == ["trial-see", "trial-change"]
    for user in after["users"]:
        held = user.get("realmRoles", [])
        assert ("trial-see" in held) is (user["username"] == "alice")
    # A role that is there is not added again.
    assert main(["try_more", "TRY_MORE", "--roles", "trial-see"], project) == 0
    assert json.loads(realm.read_text()) == after
    after["roles"]["realm"] = after["roles"]["realm"][:-2]
    for user in after["users"]:
        if user["username"] == "alice":
            user["realmRoles"] = user["realmRoles"][:-2]
    assert after == before


def test_overwriting_makes_it_anew(project: Path) -> None:
    wanted = ["try_out", "TRY_OUT", "--schema", "--roles", "trial-see"]
    assert main(wanted, project) == 0
    made = contents(project)
    for name in (f"{PACKAGE}/api/ws/handlers/try_out.py",):
        with (project / name).open("a") as file:
            file.write("\nSPOILT = True\n")
    assert main([*wanted[:2], "--overwrite", *wanted[2:]], project) == 0
    assert contents(project) == made


def test_overwriting_may_add(project: Path) -> None:
    assert main(["try_out", "TRY_OUT"], project) == 0
    flags = ["--overwrite", "--http", "--paginated", "--roles", "trial-a"]
    assert main(["try_out", "TRY_OUT", *flags], project) == 0
    assert (project / PACKAGE / "api/http/try_out.py").exists()


def test_it_says_what_it_did(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(project)
    assert main(["try_out", "TRY_OUT", "--roles", "trial-a"], project) == 0
    said = capsys.readouterr().out
    after = contents(project)
    for path, content in after.items():
        if path not in before:
            assert f"wrote {path}\n" in said
        elif before[path] != content:
            assert f"changed {path}\n" in said
    assert "trial-a" in said
