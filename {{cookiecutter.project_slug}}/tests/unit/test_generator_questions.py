"""`make new-ws-handlers` with answers from a pipe."""

import io
from pathlib import Path

import pytest

from scripts.generator.__main__ import main
from scripts.generator.command_line import main as command_line
from tests.project_copy import contents, copy_project


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    text = "".join(f"{line}\n" for line in lines)
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.parametrize(
    ("answers", "arguments"),
    [
        (("try_out", "", "", "", "", ""), ["try_out", "TRY_OUT"]),
        (
            ("try_out", "OTHER", "y", "yes", "trial-a, trial-b", "Y"),
            "try_out OTHER --schema --paginated --http"
            " --roles trial-a trial-b",
        ),
        # What cannot be taken is asked again.
        (
            (
                "class",
                "try_out",
                "x",
                "TRY_OUT",
                "maybe",
                "n",
                "y",
                "A",
                "",
                "",
            ),
            "try_out TRY_OUT --paginated",
        ),
    ],
)
def test_it_does_what_the_command_line_does(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answers: tuple[str, ...],
    arguments: str | list[str],
) -> None:
    asked, told = (copy_project(tmp_path / name) for name in ("ask", "tell"))
    answer(monkeypatch, *answers)
    assert main(asked) == 0
    words = arguments.split() if isinstance(arguments, str) else arguments
    assert command_line(words, told) == 0
    assert contents(asked) == contents(told)


@pytest.mark.parametrize("again", ["y", "n"])
def test_an_existing_one_is_replaced_only_when_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    project = copy_project(tmp_path)
    assert command_line(["try_out", "TRY_OUT"], project) == 0
    before = contents(project)
    answer(monkeypatch, "try_out", "TRY_OUT", "y", "", "", "", again)
    assert main(project) == (0 if again == "y" else 1)
    assert (contents(project) == before) is (again == "n")


def test_answers_that_end_too_early(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = copy_project(tmp_path)
    before = contents(project)
    answer(monkeypatch, "try_out", "TRY_OUT", "y")
    assert main(project) == 1
    assert contents(project) == before
    assert "nothing was changed" in capsys.readouterr().err
