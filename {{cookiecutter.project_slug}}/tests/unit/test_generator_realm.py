"""`make realm`, and how it edits a realm that people laid out by hand."""

import json
from pathlib import Path

import pytest

from scripts import realm_file
from scripts.realm import agree

REALM = """{
  "realm": "x",
  "roles": {
    "realm": [
      {"name": "one", "description": "a \\"]\\" in text"},
      {"name": "default-roles-x"}
    ]
  },
  "users": [
    {"username": "bob", "realmRoles": []},
    {"username": "alice", "realmRoles": ["one"], "enabled": true}
  ]
}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "realm.json"
    file.write_text(REALM, encoding="utf-8")
    return file


def test_a_role_is_one_more_line_and_one_more_word() -> None:
    expected = REALM.replace(
        '{"name": "default-roles-x"}\n',
        '{"name": "default-roles-x"},\n'
        '      {"name": "two", "description": "ö"}\n',
    ).replace('["one"]', '["one", "two"]')
    assert realm_file.add_role(REALM, "two", "ö") == expected
    assert realm_file.add_role(expected, "two", "again") == expected


@pytest.mark.parametrize("indent", [None, 0, 2, 4])
def test_any_layout(indent: int | None) -> None:
    realm = json.loads(REALM)
    realm["roles"]["realm"] = []
    realm["users"][1]["realmRoles"] = []
    text = json.dumps(realm, indent=indent)
    for role in ("a", "b", "c"):
        text = realm_file.add_role(text, role)
    assert realm_file.roles_of(text) == ("a", "b", "c")
    assert realm_file.held_by(text, "alice") == ("a", "b", "c")
    assert realm_file.held_by(text, "bob") == ()
    assert realm_file.held_by(text, "carol") is None


def test_a_realm_without_alice_gets_the_role() -> None:
    text = realm_file.add_role(REALM.replace("alice", "anna"), "two")
    assert realm_file.roles_of(text) == ("one", "two")


def test_what_lacks_is_added(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {"one", "two", "three"}
    assert agree(path, known, known, check=True) == 1
    assert path.read_text(encoding="utf-8") == REALM
    said = capsys.readouterr().out
    assert "the realm lacks two" in said
    assert agree(path, known, known, check=False) == 0
    text = path.read_text(encoding="utf-8")
    assert set(realm_file.roles_of(text)) == known
    assert agree(path, known, known, check=True) == 0


def test_what_alice_lacks_is_given(path: Path) -> None:
    text = REALM.replace('["one"]', "[]")
    path.write_text(text, encoding="utf-8")
    assert agree(path, {"one"}, {"one"}, check=True) == 1
    assert agree(path, {"one"}, {"one"}, check=False) == 0
    assert path.read_text(encoding="utf-8") == REALM


@pytest.mark.parametrize(
    ("known", "used", "said"),
    [
        ({"one"}, set(), "the realm has one, which nothing asks for"),
        ({"one"}, set(), "Role has one, which nothing asks for"),
        (set(), {"one"}, "one is asked for, but no member of Role"),
    ],
)
def test_strays_are_told_and_fail_a_check(
    path: Path,
    capsys: pytest.CaptureFixture[str],
    known: set[str],
    used: set[str],
    said: str,
) -> None:
    assert agree(path, known, used, check=True) == 1
    assert said in capsys.readouterr().out
    assert agree(path, known, used, check=False) == 0
    assert said in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == REALM
