"""What the generator refuses: it says why, and nothing changes."""

from pathlib import Path

import pytest

from scripts.generator.command_line import main
from scripts.generator.writing import write_all
from tests.project_copy import PACKAGE, contents, copy_project

MADE = ["made", "MADE", "--schema", "--http", "--roles", "a-role"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a handler in it; all tests leave it as it is."""
    copy = copy_project(tmp_path_factory.mktemp("project"))
    assert main(MADE, copy) == 0
    return copy


@pytest.mark.parametrize(
    ("arguments", "where", "fix"),
    [
        ("Do-It DO_IT", "NAME 'Do-It'", "get_status"),
        ("doIt DO_IT", "NAME 'doIt'", "get_status"),
        ("2do DO_IT", "NAME '2do'", "get_status"),
        ("_do DO_IT", "NAME '_do'", "get_status"),
        ("dö DO_IT", "NAME 'dö'", "get_status"),
        ("../do DO_IT", "NAME '../do'", "get_status"),
        ("class DO_IT", "is a keyword", "two words"),
        ("match DO_IT", "is a keyword", "two words"),
        ("list DO_IT", "hides a builtin", "two words"),
        ("json DO_IT", "hides a module", "two words"),
        ("redis DO_IT", "hides a package", "two words"),
        ("tests DO_IT", "hides a package", "two words"),
        (f"{PACKAGE} DO_IT", "hides a package", "two words"),
        (f"{'do_' * 12}it DO_IT", "38 characters", "at most 32"),
        ("do_it do_it", "PKG_ID 'do_it'", "GET_STATUS"),
        ("do_it 5", "PKG_ID '5'", "GET_STATUS"),
        ("do_it UNREGISTERED_HANDLER", "for tests", "another PKG_ID"),
        ("do_it WHOAMI", "is served by whoami", "another PKG_ID"),
        ("whoami DO_IT", "handlers/whoami.py: exists", "another NAME"),
        ("whoami DO_IT --overwrite", "exists, and is not", "another NAME"),
        ("base DO_IT", "commands/base.py: exists", "another NAME"),
        ("auth DO_IT --schema", "schemas/auth.py: exists", "another NAME"),
        ("me DO_IT --http", "api/http/me.py: exists", "another NAME"),
        ("base_command DO_IT", "a second BaseCommand", "another NAME"),
        ("pkg_router DO_IT", "a second pkg_router", "another NAME"),
        ("do_it DO_IT --roles Admin", "--roles 'Admin'", "get-status"),
        ("do_it DO_IT --roles a_role", "--roles 'a_role'", "get-status"),
        ("made MADE", "made.py: exists", "--overwrite"),
        ("made DO_IT --overwrite", "exists, and is not", "another NAME"),
        ("do_it MADE --overwrite", "is served by made", "another PKG_ID"),
        ("made MADE --overwrite --http --roles a-role", "left over", "--sch"),
        ("made MADE --overwrite --schema --roles a-role", "left", "--http"),
        ("made MADE --overwrite --schema --http", "A_ROLE", "keep it"),
        ("Do_it 5 --roles A B", "--roles 'B'", "get-status"),
    ],
)
def test_refusal(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: str,
    where: str,
    fix: str,
) -> None:
    before = contents(project)
    assert main(arguments.split(), project) == 1
    assert contents(project) == before
    said = capsys.readouterr().err
    assert where in said
    assert fix in said
    assert said.endswith("nothing was changed\n")


def test_all_findings_are_told_at_once(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["class", "5", "--roles", "A", "B"], project) == 1
    assert capsys.readouterr().err.count("error: ") == 4


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("api/ws/constants.py", "class PkgID(:\n", "line 1 is no Python"),
        ("api/ws/constants.py", "x = 1\n", "there is no class PkgID"),
        (
            "api/ws/constants.py",
            "class PkgID(IntEnum):\n    A = auto()\n",
            "PkgID.A is no plain number",
        ),
        (
            "api/ws/constants.py",
            "class PkgID(IntEnum):\n"
            + "".join(f"    A{n} = {n}\n" for n in range(1, 900)),
            "no id below 900 is free",
        ),
        ("roles.py", "class Role(StrEnum):\n    B = 1 +\n", "is no Python"),
        (
            "roles.py",
            'class Role(StrEnum):\n    A_ROLE = "other"\n',
            "a second A_ROLE",
        ),
        ("../docker/keycloak/realm.json", "{}", "is no realm"),
        ("../docker/keycloak/realm.json", "{", "is no realm"),
    ],
)
def test_a_project_that_is_not_as_it_should_be(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    path: str,
    text: str,
    said: str,
) -> None:
    project = copy_project(tmp_path)
    (project / PACKAGE / path).write_text(text)
    before = contents(project)
    assert main(["do_it", "DO_IT", "--roles", "a-role"], project) == 1
    assert contents(project) == before
    assert said in capsys.readouterr().err


def test_a_missing_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = copy_project(tmp_path)
    (project / "tests" / "integration").rmdir()
    before = contents(project)
    assert main(["do_it", "DO_IT"], project) == 1
    assert contents(project) == before
    assert "tests/integration: is no folder" in capsys.readouterr().err


def test_all_files_or_none(tmp_path: Path) -> None:
    """The last cannot be written: the first two are as they were."""
    old, new, last = (tmp_path / name for name in ("old", "new", "last"))
    old.write_text("old")
    last.mkdir()
    with pytest.raises(OSError, match="last"):
        write_all({old: "changed", new: "new", last: "text"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["last", "old"]
    assert old.read_text() == "old"
    with pytest.raises(OSError, match="nowhere"):
        write_all({old: "changed", tmp_path / "nowhere" / "file": "text"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["last", "old"]
    assert old.read_text() == "old"


def test_modes_stay(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("old")
    old.chmod(0o750)
    write_all({old: "new"})
    assert old.stat().st_mode & 0o777 == 0o750
