"""What the generator refuses: it says why, and nothing changes."""

from pathlib import Path

import pytest

from scripts.generator.command_line import main
from scripts.generator.writing import write_all
from tests.project_copy import PACKAGE, contents, copy_project

MADE = ["try_made", "TRY_MADE", "--schema", "--http", "--roles", "trial-a"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a handler in it; all tests leave it as it is."""
    copy = copy_project(tmp_path_factory.mktemp("project"))
    assert main(MADE, copy) == 0
    return copy


@pytest.mark.parametrize(
    ("arguments", "where", "fix"),
    [
        ("Do-It TRY_OUT", "NAME 'Do-It'", "get_status"),
        ("doIt TRY_OUT", "NAME 'doIt'", "get_status"),
        ("2do TRY_OUT", "NAME '2do'", "get_status"),
        ("_do TRY_OUT", "NAME '_do'", "get_status"),
        ("dö TRY_OUT", "NAME 'dö'", "get_status"),
        ("../do TRY_OUT", "NAME '../do'", "get_status"),
        ("class TRY_OUT", "is a keyword", "two words"),
        ("match TRY_OUT", "is a keyword", "two words"),
        ("list TRY_OUT", "hides a builtin", "two words"),
        ("json TRY_OUT", "hides a module", "two words"),
        ("redis TRY_OUT", "hides a package", "two words"),
        ("tests TRY_OUT", "hides a package", "two words"),
        (f"{PACKAGE} TRY_OUT", "hides a package", "two words"),
        (f"{'do_' * 12}it TRY_OUT", "38 characters", "at most 32"),
        ("try_out try_out", "PKG_ID 'try_out'", "GET_STATUS"),
        ("try_out 5", "PKG_ID '5'", "GET_STATUS"),
        ("try_out UNREGISTERED_HANDLER", "for tests", "another PKG_ID"),
        ("try_out WHOAMI", "is served by whoami", "another PKG_ID"),
        ("whoami TRY_OUT", "handlers/whoami.py: exists", "another NAME"),
        ("whoami TRY_OUT --overwrite", "exists, and is not", "another NAME"),
        ("base TRY_OUT", "commands/base.py: exists", "another NAME"),
        ("auth TRY_OUT --schema", "schemas/auth.py: exists", "another NAME"),
        ("me TRY_OUT --http", "api/http/me.py: exists", "another NAME"),
        ("base_command TRY_OUT", "a second BaseCommand", "another NAME"),
        ("pkg_router TRY_OUT", "a second pkg_router", "another NAME"),
        ("try_out TRY_OUT --roles Admin", "--roles 'Admin'", "get-status"),
        ("try_out TRY_OUT --roles a_role", "--roles 'a_role'", "get-status"),
        ("try_made TRY_MADE", "made.py: exists", "--overwrite"),
        ("try_made TRY_OUT --overwrite", "exists, and is not", "another NAME"),
        (
            "try_out TRY_MADE --overwrite",
            "is served by try_made",
            "another PKG_ID",
        ),
        (
            "try_made TRY_MADE --overwrite --http --roles trial-a",
            "left over",
            "--sch",
        ),
        (
            "try_made TRY_MADE --overwrite --schema --roles trial-a",
            "left",
            "--http",
        ),
        (
            "try_made TRY_MADE --overwrite --schema --http",
            "TRIAL_A",
            "keep it",
        ),
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
            'class Role(StrEnum):\n    TRIAL_A = "other"\n',
            "a second TRIAL_A",
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
    assert main(["try_out", "TRY_OUT", "--roles", "trial-a"], project) == 1
    assert contents(project) == before
    assert said in capsys.readouterr().err


def test_an_id_that_is_registered_by_a_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = copy_project(tmp_path)
    with (project / PACKAGE / "api/ws/handlers/whoami.py").open("a") as file:
        file.write("\npkg_router.register(PkgID.TRY_OUT)(whoami)\n")
    assert main(["try_out", "TRY_OUT"], project) == 1
    assert "is served by another in" in capsys.readouterr().err


def test_a_path_that_another_route_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = copy_project(tmp_path)
    route = project / PACKAGE / "api/http/me.py"
    route.write_text(route.read_text().replace("/api/me", "/api/try-out"))
    before = contents(project)
    assert main(["try_out", "TRY_OUT", "--http"], project) == 1
    assert contents(project) == before
    assert "is the path of a route in" in capsys.readouterr().err
    assert main(["try_out", "TRY_OUT"], project) == 0


def test_a_missing_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = copy_project(tmp_path)
    (project / "tests" / "integration").rmdir()
    before = contents(project)
    assert main(["try_out", "TRY_OUT"], project) == 1
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
