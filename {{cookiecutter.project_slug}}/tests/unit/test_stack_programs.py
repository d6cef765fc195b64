"""What the stack says when a program or a folder is not as it must be."""

from pathlib import Path

import pytest

from scripts.stack import StackError, folders, journal
from scripts.stack.java import find_java


def a_java(folder: Path, version: str) -> str:
    """A PATH with a `java` of that version."""
    program = folder / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2")
    program.chmod(0o755)
    return str(folder)


def test_no_java_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="install a JDK 21"):
        find_java(wheel="no_such_package", path=str(tmp_path))


@pytest.mark.parametrize("version", ["1.8.0_402", "17.0.15"])
def test_an_old_java_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(StackError, match="Java 21 or newer"):
        find_java(wheel="no_such_package", path=a_java(tmp_path, version))


@pytest.mark.parametrize("version", ["21.0.2", "25"])
def test_a_java_on_the_path_serves(tmp_path: Path, version: str) -> None:
    found = find_java(wheel="no_such_package", path=a_java(tmp_path, version))
    assert found == tmp_path / "java"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match=r"cannot write to .*file/data"):
        folders.make(tmp_path / "file" / "data")


def test_the_cause_is_the_last_line_that_tells_trouble(
    tmp_path: Path,
) -> None:
    log = tmp_path / "server.log"
    log.write_text("starting\nERROR: port 1 is taken\nbye\n\n")
    assert journal.cause(log) == "ERROR: port 1 is taken"
    log.write_text("starting\nbye\n")
    assert journal.cause(log) == "bye"
    log.write_text("")
    assert journal.cause(log) == "its log is empty"
