"""Which names a handler, its id and its roles may have."""

import builtins
import keyword
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from scripts.generator.finding import Finding
from scripts.generator.wanted import MODULE, Wanted

# So that lines stay within 79 columns whatever the package is called.
LONGEST = 32
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
PKG_ID = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
ROLE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
OWN = frozenset((MODULE, "benchmarks", "scripts", "tests"))

_WORDS = "use words such as"


def check(wanted: Wanted) -> Iterator[Finding]:
    """All that is wrong with the names alone."""
    yield from check_name(wanted.name)
    yield from check_pkg_id(wanted.pkg_id)
    for role in wanted.roles:
        yield from check_role(role)


def check_name(name: str) -> Iterator[Finding]:
    """Of the function and of its modules."""
    where = f"NAME {name!r}"
    if not NAME.fullmatch(name):
        yield Finding(
            where,
            "is no plain function name",
            f"{_WORDS} get_status: ASCII lower case, digits, single"
            " underscores, a letter first",
        )
    elif keyword.iskeyword(name) or keyword.issoftkeyword(name):
        yield Finding(where, "is a keyword of Python", "use two words")
    elif hasattr(builtins, name):
        yield Finding(where, "hides a builtin of Python", "use two words")
    elif name in sys.stdlib_module_names:
        yield Finding(where, "hides a module of Python", "use two words")
    elif name in OWN or _is_importable(name):
        yield Finding(
            where, "hides a package that is imported here", "use two words"
        )
    yield from _length(where, name)


def check_pkg_id(name: str) -> Iterator[Finding]:
    """A member of PkgID."""
    where = f"PKG_ID {name!r}"
    if not PKG_ID.fullmatch(name):
        yield Finding(
            where,
            "is no plain constant name",
            f"{_WORDS} GET_STATUS: ASCII upper case, digits, single"
            " underscores, a letter first",
        )
    yield from _length(where, name)


def check_role(role: str) -> Iterator[Finding]:
    """As Keycloak writes it."""
    where = f"--roles {role!r}"
    if not ROLE.fullmatch(role):
        yield Finding(
            where,
            "is no plain role name",
            f"{_WORDS} get-status: ASCII lower case, digits, single"
            " hyphens, a letter first",
        )
    yield from _length(where, role)


def _is_importable(name: str) -> bool:
    """Folders that happen to lie here are none of its business."""
    spec = find_spec(name)
    return spec is not None and spec.origin is not None


def _length(where: str, name: str) -> Iterator[Finding]:
    if len(name) > LONGEST:
        yield Finding(
            where,
            f"has {len(name)} characters",
            f"use at most {LONGEST}",
        )
