"""An enum in a source file, to which a member is added where it belongs."""

import ast
import re
from dataclasses import dataclass
from typing import Any

_OPENING = re.compile(r"\s*# \[\w+\]\s*")
_CLOSING = re.compile(r"\s*# \[/\w+\]\s*")


@dataclass(frozen=True, slots=True)
class EnumClass:
    """Members with their values; None for a value that is no literal."""

    text: str
    members: dict[str, Any]
    _node: ast.ClassDef

    @classmethod
    def read(cls, text: str, name: str) -> "EnumClass":
        """Raises SyntaxError, and LookupError when there is no such class."""
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and node.name == name:
                members = {
                    _name(item): _value(item) for item in _assigned(node)
                }
                return cls(text, members, node)
        raise LookupError(f"there is no class {name}")

    def add(self, member: str, value: object, after: str | None = None) -> str:
        """The file with one line more; `after` is the last one by default.

        Never between marks (`# [name]`, `# [/name]`): a hook may take away
        what stands there.
        """
        lines = self.text.splitlines(keepends=True)
        place = self._place(lines, after)
        written = f'"{value}"' if isinstance(value, str) else str(value)
        new = [f"    {member} = {written}\n"]
        if place == self._node.end_lineno and not self.members:
            new.insert(0, "\n")
        return "".join([*lines[:place], *new, *lines[place:]])

    def _place(self, lines: list[str], after: str | None) -> int:
        known = _assigned(self._node)
        if not known:
            return self._below_docstring(lines)
        chosen = [item for item in known if _name(item) == after] or known
        return _outside(lines, self._node.lineno, _end(chosen[-1]))

    def _below_docstring(self, lines: list[str]) -> int:
        end = _end(self._node.body[0])
        blank = end < len(lines) and not lines[end].strip()
        inside = any(line.startswith("    ") for line in lines[end : end + 2])
        return end + 1 if blank and inside else end


def _assigned(node: ast.ClassDef) -> list[ast.Assign]:
    return [item for item in node.body if isinstance(item, ast.Assign)]


def _name(item: ast.Assign) -> str:
    return ast.unparse(item.targets[0])


def _value(item: ast.Assign) -> Any:
    try:
        return ast.literal_eval(item.value)
    except ValueError:
        return None


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _outside(lines: list[str], start: int, place: int) -> int:
    """The place, or where the region around it ends."""
    inside = False
    for line in lines[start:place]:
        if _OPENING.fullmatch(line):
            inside = True
        elif _CLOSING.fullmatch(line):
            inside = False
    while inside and place < len(lines):
        inside = not _CLOSING.fullmatch(lines[place])
        place += 1
    return place
