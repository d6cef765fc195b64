"""`make realm`: brings the roles of the code and of the realm together."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings import load_settings

from scripts import realm_file
from scripts.rbac import known_roles, matrix, quiet, used_roles


def lacking(text: str, known: set[str]) -> tuple[str, ...]:
    """Roles that the realm, or its user HOLDER, does not have."""
    held = realm_file.held_by(text, realm_file.HOLDER)
    there = set(realm_file.roles_of(text))
    if held is not None:
        there &= set(held)
    return tuple(sorted(known - there))


def strays(text: str, known: set[str], used: set[str]) -> Iterator[str]:
    """Roles on one side only, each with its fix."""
    for role in sorted(set(realm_file.roles_of(text)) - used):
        yield f"the realm has {role}, which nothing asks for; remove it there"
    for role in sorted(known - used):
        yield f"Role has {role}, which nothing asks for; remove it there"
    for role in sorted(used - known):
        yield f"{role} is asked for, but no member of Role; add it there"


def main(arguments: list[str] | None = None) -> int:
    """0 when both agree; 1 when `--check` found a difference."""
    parser = argparse.ArgumentParser(prog="python -m scripts.realm")
    parser.add_argument("--check", action="store_true", help="change nothing")
    check: bool = parser.parse_args(arguments).check
    try:
        used = used_roles(matrix(load_settings()))
        path = realm_file.path_in(Path.cwd())
        return agree(path, known_roles(), used, check=check)
    except (StartupError, OSError, ValueError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def agree(path: Path, known: set[str], used: set[str], *, check: bool) -> int:
    """Adds what the realm lacks, unless it is a check; prints the rest."""
    text = path.read_text(encoding="utf-8")
    # What is asked for is missed too, if no member says it.
    missing = lacking(text, known | used)
    found = list(strays(text, known, used))
    if check:
        lines = (f"the realm lacks {role}; run make realm" for role in missing)
        found = [*lines, *found]
    else:
        _add(path, text, missing)
    for line in found:
        print(line)
    if not found and not missing:
        print("the roles of code and realm agree")
    return 1 if check and found else 0


def _add(path: Path, text: str, missing: tuple[str, ...]) -> None:
    for role in missing:
        text = realm_file.add_role(text, role)
        print(f"added {role} to the realm, for {realm_file.HOLDER}")
    if missing:
        path.write_text(text, encoding="utf-8")
        print("a realm is imported once: make down, make reset, make up")


if __name__ == "__main__":
    quiet()
    sys.exit(main())
