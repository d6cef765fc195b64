"""What CHANGELOG.md says of a version, as a release shows it."""

from pathlib import Path

import pytest

from {{cookiecutter.module_name}} import constants

from scripts.release_notes import main, release_notes

VERSION = constants.VERSION
CHANGES = f"""# Changelog

## [Unreleased]

- Not yet.

## [{VERSION}] - 2030-01-31

### Added

- Something.

## [0.0.1] - 2029-01-01

- First.

[{VERSION}]: https://example.com/{VERSION}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "CHANGELOG.md").write_text(CHANGES)
    version = f'[project]\nversion = "{VERSION}"\n'
    (tmp_path / "pyproject.toml").write_text(version)
    return tmp_path


def test_section_of_the_version(project: Path) -> None:
    notes = release_notes(project, f"v{VERSION}")
    assert notes == "### Added\n\n- Something.\n"


def test_last_section_ends_before_the_links(project: Path) -> None:
    text = CHANGES.replace("## [0.0.1] - 2029-01-01\n\n- First.\n\n", "")
    (project / "CHANGELOG.md").write_text(text)
    assert "example.com" not in release_notes(project, VERSION)


def test_tag_of_another_version_is_refused(project: Path) -> None:
    with pytest.raises(ValueError, match="the tag says"):
        release_notes(project, "v9.9.9")


def test_version_without_a_section_is_refused(project: Path) -> None:
    (project / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n")
    with pytest.raises(ValueError, match="says nothing of"):
        release_notes(project, VERSION)


def test_command_writes_the_file_or_says_why_not(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project)
    assert main([VERSION, "--out", "notes.md"]) == 0
    assert "Something" in (project / "notes.md").read_text()
    assert main([VERSION]) == 0
    assert "Something" in capsys.readouterr().out
    assert main(["v9"]) == 1
    assert capsys.readouterr().err.startswith("error: the tag says 9")
