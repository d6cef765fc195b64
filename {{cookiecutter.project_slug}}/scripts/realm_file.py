"""The realm that development and tests import, edited as text.

What people laid out by hand stays as it is: only the new items are added.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The user who has every role.
HOLDER = "alice"
# Keycloak makes these itself.
OWN_PREFIXES = ("default-roles-", "offline_access", "uma_authorization")

_DECODER = json.JSONDecoder()

type Steps = tuple[str | int, ...]


def path_in(root: Path) -> Path:
    """Where a project keeps its realm."""
    return root / "docker" / "keycloak" / "realm.json"


def roles_of(text: str) -> tuple[str, ...]:
    """Names of the realm's roles, without Keycloak's own."""
    return tuple(
        role["name"]
        for role in json.loads(text)["roles"]["realm"]
        if not role["name"].startswith(OWN_PREFIXES)
    )


def held_by(text: str, username: str) -> tuple[str, ...] | None:
    """Roles of a user; None when the realm has no such user."""
    for user in json.loads(text)["users"]:
        if user["username"] == username:
            return tuple(user.get("realmRoles", ()))
    return None


def add_role(text: str, name: str, description: str = "") -> str:
    """The realm with this role too, given to HOLDER; else as it was."""
    if name not in roles_of(text):
        role = {"name": name}
        if description:
            role["description"] = description
        text = _append(text, ("roles", "realm"), role)
    held = held_by(text, HOLDER)
    if held is None or name in held:
        return text
    users = json.loads(text)["users"]
    number = [user["username"] for user in users].index(HOLDER)
    return _append(text, ("users", number, "realmRoles"), name)


def _append(text: str, path: Steps, item: object) -> str:
    start, end = _span(text, path)
    written = json.dumps(item, ensure_ascii=False)
    length = len(json.loads(text[start:end]))
    if not length:
        return f"{text[:start]}{_alone(text, start, written)}{text[end:]}"
    first, _ = _span(text, (*path, 0))
    _, last = _span(text, (*path, length - 1))
    gap = text[start + 1 : first] or " "
    return f"{text[:last]},{gap}{written}{text[last:]}"


def _alone(text: str, start: int, written: str) -> str:
    """An object gets a line of its own, as those that follow it will."""
    if not written.startswith("{"):
        return f"[{written}]"
    line = text[text.rfind("\n", 0, start) + 1 : start]
    indent = " " * (len(line) - len(line.lstrip()))
    return f"[\n{indent}  {written}\n{indent}]"


def _span(text: str, path: Steps) -> tuple[int, int]:
    """Where the value at `path` begins and ends; KeyError without one."""
    at = _blank(text, 0)
    for step in path:
        for key, begin in _items(text, at):
            if key == step:
                at = begin
                break
        else:
            raise KeyError(path)
    return at, _end(text, at)


def _items(text: str, at: int) -> Iterator[tuple[str | int, int]]:
    """Keys or numbers of what is at `at`, and where their values begin."""
    keyed = text[at] == "{"
    at, number = _blank(text, at + 1), 0
    while text[at] not in "]}":
        key: Any = number
        if keyed:
            key, at = _DECODER.raw_decode(text, at)
            at = _blank(text, _blank(text, at) + 1)
        yield key, at
        at = _blank(text, _end(text, at))
        if text[at] == ",":
            at = _blank(text, at + 1)
        number += 1


def _end(text: str, at: int) -> int:
    end: int = _DECODER.raw_decode(text, at)[1]
    return end


def _blank(text: str, at: int) -> int:
    while text[at].isspace():
        at += 1
    return at
