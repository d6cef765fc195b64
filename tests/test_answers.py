"""Which answers are taken, which are refused, and what is left behind."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from cookiecutter.exceptions import FailedHookException

from scripts.bake import REPOSITORY, render
from tests.conftest import Bakery, module_of

NUL_BYTE = chr(0)
ACCEPTED = [
    {"module_name": "s"},
    {"module_name": "orders2"},
    {"module_name": "a" * 20},
    {"project_slug": "s" * 40},
    {"project_slug": "orders_2"},
    {"project_name": "N" * 50},
    {"project_name": "Müller & Söhne: Aufträge #1"},
    {"project_description": "d" * 200},
    {"project_description": "100 % 'quoted' | piped <b>: #no, comment"},
    {"author_name": "Zoë O'Hara"},
    {"author_email": "first.last+tag@mail.example.co.uk"},
    {"license": "BSD-3-Clause"},
    {"license": "Proprietary"},
]
REFUSED = [
    ("module_name", "class", "Python language"),
    ("module_name", "match", "Python language"),
    ("module_name", "json", "standard library"),
    ("module_name", "asyncio", "standard library"),
    ("module_name", "fastapi", "dependency"),
    ("module_name", "redis", "dependency"),
    ("module_name", "alembic", "dependency"),
    ("module_name", "tests", "folder"),
    ("module_name", "scripts", "folder"),
    ("module_name", "docs", "folder"),
    ("module_name", "benchmarks", "folder"),
    ("module_name", "docker", "folder"),
    ("module_name", "clients", "folder"),
    ("module_name", "deploy", "folder"),
    ("module_name", "chat-service", "plain package name"),
    ("module_name", "2fast", "plain package name"),
    ("module_name", "a.b", "plain package name"),
    ("module_name", "a b", "plain package name"),
    ("module_name", "chät", "plain package name"),
    ("module_name", "Chat", "plain package name"),
    ("module_name", "_chat", "plain package name"),
    ("module_name", "src\n", "plain package name"),
    ("module_name", "", "plain package name"),
    ("module_name", "a" * 21, "at most 20"),
    ("project_slug", "../x", "plain folder name"),
    ("project_slug", "a/b", "plain folder name"),
    ("project_slug", "a\\b", "plain folder name"),
    ("project_slug", "...", "plain folder name"),
    ("project_slug", "a b", "plain folder name"),
    ("project_slug", "chät", "plain folder name"),
    ("project_slug", "Chat", "plain folder name"),
    ("project_slug", "chat-service", "plain folder name"),
    ("project_slug", "chat_", "plain folder name"),
    ("project_slug", "2chat", "plain folder name"),
    ("project_slug", "s" * 41, "at most 40"),
    ("project_slug", "fastapi", "dependency"),
    ("project_slug", "python_keycloak", "dependency"),
    ("project_slug", "postgres", "PostgreSQL or Keycloak"),
    ("project_slug", "master", "PostgreSQL or Keycloak"),
    ("project_name", 'Say "hi"', "double quotes"),
    ("project_name", "back\\slash", "double quotes"),
    ("project_name", "${HOME} service", "double quotes"),
    ("project_name", "two\nlines", "one line"),
    ("project_name", "tab\tbed", "one line"),
    ("project_name", "zero\u200bwidth", "one line"),
    ("project_name", "right\u202eleft", "one line"),
    ("project_name", " spaced ", "space"),
    ("project_name", "N" * 51, "at most 50"),
    ("project_description", "d" * 201, "at most 200"),
    ("project_description", "", "is empty"),
    ("project_description", "two\nlines", "one line"),
    ("author_name", 'Bobby "Tables"', "double quotes"),
    ("author_name", "", "is empty"),
    ("author_email", "nobody", "e-mail"),
    ("author_email", "a@b", "e-mail"),
    ("author_email", "a b@example.com", "e-mail"),
    ("author_email", 'a"@example.com', "e-mail"),
]
REPLAYED = [
    ("license", "GPL-3.0", "not offered"),
    ("license", ["MIT"], "no text"),
    ("include_example", "yes", "true or false"),
    ("include_example", None, "true or false"),
    ("include_audit", 1, "true or false"),
    ("module_name", 7, "no text"),
    ("project_name", "{{ 7 * 7 }}", "double quotes"),
    ("project_name", "{% raw %}", "double quotes"),
    ("project_name", '"""); import os; ("""', "double quotes"),
    ("author_name", f"nul{NUL_BYTE}", "one line"),
]


def readable(value: object) -> str:
    return ascii(value)[:40]


@pytest.mark.parametrize("answers", ACCEPTED, ids=readable)
def test_is_accepted(bakes: Bakery, answers: dict[str, str]) -> None:
    project = bakes.bake(**answers)
    read = json.loads((project / ".cruft.json").read_text())
    assert answers.items() <= read["context"]["cookiecutter"].items()
    tomllib.loads((project / "pyproject.toml").read_text())


@pytest.mark.parametrize(("option", "value", "reason"), REFUSED, ids=readable)
def test_is_refused(
    template: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    option: str,
    value: str,
    reason: str,
) -> None:
    output = tmp_path / "output"
    # a/b leaves cookiecutter nothing to remove, which it does not expect
    with pytest.raises((FailedHookException, FileNotFoundError)):
        render(template, output, {option: value})
    message = capfd.readouterr().err
    assert f"{option} = {json.dumps(value)}" in message
    assert reason in message
    assert not output.exists() or not list(output.iterdir())
    assert {path.name for path in tmp_path.iterdir()} <= {"output"}


@pytest.mark.parametrize(("option", "value", "reason"), REPLAYED, ids=readable)
def test_is_refused_when_replayed(
    template: Path, tmp_path: Path, option: str, value: object, reason: str
) -> None:
    answers = complete(template) | {option: value}
    found = replay(template, tmp_path, answers)
    assert found.returncode != 0
    assert f"{option} = {json.dumps(value)}" in found.stderr
    assert reason in found.stderr
    assert not list((tmp_path / "output").iterdir())


def test_every_bad_answer_is_told_at_once(
    template: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = {
        "project_slug": "../fastapi",
        "project_name": '"',
        "module_name": "Ünder-score" * 2,
        "author_email": "x",
    }
    with pytest.raises(FailedHookException):
        render(template, tmp_path / "output", bad)
    message = capfd.readouterr().err
    for option in bad:
        assert f"  {option} = " in message
    assert "plain package name" in message
    assert "at most 20" in message


@pytest.mark.parametrize("slug", ["mine", "."])
def test_refusal_deletes_nothing_that_was_there(
    template: Path, tmp_path: Path, slug: str
) -> None:
    kept = tmp_path / "mine" / "kept.txt"
    kept.parent.mkdir()
    kept.write_text("kept")
    given = [f"project_slug={slug}", "module_name=class"]
    found = run_cookiecutter(template, tmp_path, "--no-input", "-f", *given)
    assert found.returncode != 0
    assert kept.read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_names_follow_the_project_name(bakes: Bakery) -> None:
    project = bakes["longest"]
    assert project.name == "acmes_chat_service"
    assert module_of(project) == "chat_service_acme_xy"
    table = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    assert table["name"] == "acmes-chat-service"
    assert table["description"].startswith("It's a chat: rooms")
    assert table["authors"][0]["name"] == "Zoë O'Hara-Müller"


def test_defaults_are_those_of_the_documents(bakes: Bakery) -> None:
    assert bakes["default"].name == "example_service"
    assert module_of(bakes["default"]) == "src"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("MIT", "MIT License"),
        ("Apache-2.0", "Apache License"),
        ("BSD-3-Clause", "BSD 3-Clause License"),
        ("Proprietary", "Copyright (c) Your Name"),
    ],
)
def test_license_is_the_one_asked_for(
    bakes: Bakery, name: str, first: str
) -> None:
    text = (bakes.bake(license=name) / "LICENSE").read_text()
    assert text.splitlines()[0].strip() == first
    assert "Your Name" in text
    assert "{" not in text


def test_unknown_question_in_a_test_fails(bakes: Bakery) -> None:
    with pytest.raises(KeyError, match="include_exmaple"):
        bakes.bake(include_exmaple=False)


@pytest.mark.parametrize("preset", ["minimal", "standard", "full"])
def test_preset_asks_for_the_names_only(
    template: Path, tmp_path: Path, preset: str
) -> None:
    presets = json.loads(
        (REPOSITORY / "presets" / f"{preset}.json").read_text()
    )["cookiecutter"]
    questions = complete(template)
    switches = {name for name, value in questions.items() if value is True}
    assert presets.keys() == switches
    found = run_cookiecutter(
        template,
        tmp_path,
        "--replay-file",
        str(REPOSITORY / "presets" / f"{preset}.json"),
        given="Acme's Shop\n" + "\n" * 10,
    )
    assert found.returncode == 0, found.stderr
    state = json.loads((tmp_path / "acmes_shop/.cruft.json").read_text())
    assert presets.items() <= state["context"]["cookiecutter"].items()


def test_pre_prompt_is_readable_by_old_interpreters() -> None:
    source = (REPOSITORY / "hooks/pre_prompt.py").read_text()
    for node in ast.walk(ast.parse(source, feature_version=(3, 4))):
        assert not isinstance(node, (ast.JoinedStr, ast.AnnAssign))
        assert getattr(node, "returns", None) is None


@pytest.mark.parametrize(
    ("path", "expected"), [("", "note: git is not"), ("/usr/bin", "")]
)
def test_pre_prompt_names_missing_tools_and_goes_on(
    path: str, expected: str
) -> None:
    found = subprocess.run(
        [sys.executable, REPOSITORY / "hooks/pre_prompt.py"],
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stderr.startswith(expected)
    assert bool(found.stderr) == bool(expected)


def complete(template: Path) -> dict[str, Any]:
    """Answer every question as cookiecutter itself does."""
    questions = json.loads((template / "cookiecutter.json").read_text())
    return {
        name: value[0] if isinstance(value, list) else value
        for name, value in questions.items()
        if not name.startswith("_")
    } | {"project_slug": "replayed", "__distribution": "replayed"}


def replay(
    template: Path, folder: Path, answers: dict[str, Any]
) -> subprocess.CompletedProcess[str]:
    file = folder / "answers.json"
    file.write_text(json.dumps({"cookiecutter": answers}))
    return run_cookiecutter(
        template, folder / "output", "--replay-file", str(file)
    )


def run_cookiecutter(
    template: Path, output: Path, *options: str, given: str = ""
) -> subprocess.CompletedProcess[str]:
    flags = [option for option in options if option.startswith("-")]
    rest = [option for option in options if not option.startswith("-")]
    if "--replay-file" in flags:
        flags, rest = list(options), []
    command = [sys.executable, "-m", "cookiecutter", "--default-config"]
    command += [*flags, "-o", str(output), str(template), *rest]
    return subprocess.run(
        command, input=given, capture_output=True, text=True, check=False
    )
