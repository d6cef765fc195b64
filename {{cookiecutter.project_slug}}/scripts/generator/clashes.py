"""What a new handler would take away from what is there."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.generator.finding import Finding
from scripts.generator.project import Project
from scripts.generator.wanted import Wanted

type Texts = Mapping[Path, str]


def check(project: Project, wanted: Wanted, texts: Texts) -> Iterator[Finding]:
    """All that stands against `texts`, which are the new modules."""
    own = _is_own(project, wanted)
    yield from _package(project, wanted, own=own)
    yield from _files(project, wanted, texts, own=own)
    yield from _names(wanted, texts)
    if wanted.http:
        yield from _path(project, wanted)
    if own and wanted.overwrite:
        yield from _left_over(project, wanted, texts)


def _is_own(project: Project, wanted: Wanted) -> bool:
    """Whether the handler is there and was made for the same package."""
    path = project.handler(wanted)
    return path.exists() and any(
        found.path == path
        and found.pkg_id == wanted.pkg_id
        and found.function == wanted.name
        for found in project.registrations()
    )


def _package(
    project: Project, wanted: Wanted, *, own: bool
) -> Iterator[Finding]:
    for found in project.registrations():
        if found.pkg_id == wanted.pkg_id and not own:
            yield Finding(
                f"PKG_ID {wanted.pkg_id}",
                f"is served by {found.function} in"
                f" {project.shown(found.path)}",
                "take another PKG_ID",
            )


def _files(
    project: Project, wanted: Wanted, texts: Texts, *, own: bool
) -> Iterator[Finding]:
    for path in texts:
        if not path.parent.is_dir():
            folder = project.shown(path.parent)
            yield Finding(folder, "is no folder", "make it")
        elif path.exists() and not own:
            yield Finding(
                project.shown(path),
                f"exists, and is not of {wanted.name}",
                "take another NAME",
            )
        elif path.exists() and not wanted.overwrite:
            yield Finding(
                project.shown(path),
                "exists",
                "take another NAME, or replace it with --overwrite",
            )


def _names(wanted: Wanted, texts: Texts) -> Iterator[Finding]:
    """Two imports or definitions of one name in a module."""
    twice = {
        name
        for text in texts.values()
        for name, count in Counter(_bound(ast.parse(text))).items()
        if count > 1
    }
    for name in sorted(twice):
        yield Finding(
            f"NAME {wanted.name!r}",
            f"makes a second {name} in one module",
            "take another NAME",
        )


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(
            node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (ast.unparse(target) for target in node.targets)


def _path(project: Project, wanted: Wanted) -> Iterator[Finding]:
    for path in project.sources():
        if path == project.route(wanted):
            continue
        if f'"{wanted.path}"' in project.text(path):
            yield Finding(
                f"--http {wanted.path}",
                f"is the path of a route in {project.shown(path)}",
                "take another NAME",
            )


def _left_over(
    project: Project, wanted: Wanted, texts: Texts
) -> Iterator[Finding]:
    """What an earlier run made and this one would break or forget."""
    flags = {
        project.route(wanted): "--http",
        project.schema(wanted): "--schema",
    }
    for path, flag in flags.items():
        if path.exists() and path not in texts:
            yield Finding(
                project.shown(path),
                "would be left over",
                f"add {flag}, or delete the file first",
            )
    for role in _forgotten(project, wanted, texts):
        yield Finding(
            f"--roles without Role.{role}",
            "nothing else asks for it, and a role that nothing asks for"
            " fails the tests",
            f"keep it, or delete {project.shown(project.handler(wanted))}"
            f" and the role, in {project.shown(project.roles)} and"
            f" {project.shown(project.realm)}",
        )


def _forgotten(project: Project, wanted: Wanted, texts: Texts) -> list[str]:
    before = {
        role
        for path in (project.handler(wanted), project.route(wanted))
        if path.exists()
        for role in _roles_in(project.tree(path))
    }
    after = {
        role
        for path in project.sources()
        for role in _roles_in(
            ast.parse(texts[path]) if path in texts else project.tree(path)
        )
    }
    return sorted(before - after)


def _roles_in(tree: ast.Module) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Role"
    }
