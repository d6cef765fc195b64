"""`make rbac`: who may call what, over HTTP and over WebSocket."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import structlog

from {{cookiecutter.module_name}}.app import create_app
from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.extension import discover
from {{cookiecutter.module_name}}.protocols import RouteGuard
from {{cookiecutter.module_name}}.roles import PUBLIC, Role
from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.routing.route_table import RouteTable
from {{cookiecutter.module_name}}.settings import Settings, load_settings

from scripts.text_table import aligned, markdown

MODULE = "{{cookiecutter.module_name}}"
HEAD = ("name", "access", "roles")

type Access = Literal["public", "login", "roles", "unmarked"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A route (`GET /api/me`) or a package (`WS:WHOAMI`).

    All `roles` are needed. `unmarked` is a route without a guard.
    """

    name: str
    access: Access
    roles: tuple[str, ...] = ()


def matrix(settings: Settings) -> tuple[Entry, ...]:
    """All that the service answers; raises StartupError."""
    app = create_app(settings)
    return (*routes(app.state.routes), *_packages())


def used_roles(entries: Iterable[Entry]) -> set[str]:
    """What routes and packages ask for, and what extensions say they do."""
    return {role for entry in entries for role in entry.roles} | extra_roles()


def known_roles() -> set[str]:
    """Members of Role and roles of the extensions."""
    return {str(role) for role in Role} | extra_roles()


def extra_roles() -> set[str]:
    """Roles that the pieces under extensions/ name."""
    pieces = discover(f"{MODULE}.extensions")
    return {role for piece in pieces for role in piece.roles}


def routes(table: RouteTable) -> Iterator[Entry]:
    """One for each method, by path."""
    named = [
        (entry.path, method, entry.guard)
        for entry in table.entries
        for method in entry.methods
    ]
    for path, method, guard in sorted(named, key=lambda item: item[:2]):
        yield Entry(f"{method} {path}", *_of_guard(guard))


def _of_guard(guard: RouteGuard | None) -> tuple[Access, tuple[str, ...]]:
    if guard is None:
        return "unmarked", ()
    if guard.public:
        return "public", ()
    return _of_roles(guard.roles)


def _of_roles(roles: Sequence[str]) -> tuple[Access, tuple[str, ...]]:
    return ("roles" if roles else "login"), tuple(roles)


def _packages() -> Iterator[Entry]:
    for _, package in sorted(pkg_router.freeze().packages.items()):
        # Tests register packages of their own in the same process.
        if not package.handler.__module__.startswith(f"{MODULE}."):
            continue
        name = f"WS:{package.name}"
        if package.roles is PUBLIC:
            yield Entry(name, "public")
        else:
            yield Entry(name, *_of_roles(package.roles))


def as_text(entries: Iterable[Entry]) -> str:
    """Columns."""
    rows = ((e.name, e.access, " ".join(e.roles)) for e in entries)
    return aligned([HEAD, *rows])


def as_json(entries: Iterable[Entry]) -> str:
    """A list of objects."""
    return json.dumps([asdict(entry) for entry in entries], indent=2)


def as_markdown(entries: Iterable[Entry]) -> str:
    """A table."""
    rows = (
        (f"`{e.name}`", e.access, ", ".join(f"`{role}`" for role in e.roles))
        for e in entries
    )
    return markdown([HEAD, *rows])


FORMATS: dict[str, Callable[[Iterable[Entry]], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}


def main(arguments: list[str] | None = None) -> int:
    """0 with the matrix on standard output or in a file, 1 with a reason."""
    parser = argparse.ArgumentParser(prog="python -m scripts.rbac")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("--out", type=Path, help="a file instead of a screen")
    wanted = parser.parse_args(arguments)
    try:
        text = FORMATS[wanted.format](matrix(load_settings())) + "\n"
        if wanted.out is None:
            sys.stdout.write(text)
        else:
            wanted.out.write_text(text, encoding="utf-8")
    except (StartupError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def quiet() -> None:
    """Leaves standard output to the table; warnings go beside it.

    For a process as a whole, so `main` leaves it alone.
    """
    factory = structlog.PrintLoggerFactory(sys.stderr)
    structlog.configure(logger_factory=factory)


if __name__ == "__main__":
    quiet()
    sys.exit(main())
