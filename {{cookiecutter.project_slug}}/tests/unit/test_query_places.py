"""Statements are built in repositories, and below them in storage."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_service import ROOT, SERVICE

BUILDERS = {
    "delete",
    "exists",
    "insert",
    "select",
    "text",
    "union",
    "union_all",
    "update",
}
LIBRARIES = {"sqlalchemy", "sqlmodel"}


def allowed(module: Path) -> bool:
    """An extension may have a module or a folder of that name, too."""
    places = {part.removesuffix(".py") for part in module.parts}
    return bool(places & {"repositories", "repository", "storage"}) or (
        "migrations" in places
    )


def builders(tree: ast.AST) -> Iterator[str]:
    """Names of statement builders that the module takes from a library."""
    libraries: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module.split(".")[0] in LIBRARIES:
                yield from (a.name for a in node.names if a.name in BUILDERS)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in LIBRARIES:
                    name = alias.asname or alias.name.split(".")[0]
                    libraries.add(name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in BUILDERS:
            root = ast.unparse(node.value).split(".")[0]
            if root in libraries:
                yield node.attr


def test_statements_are_built_in_repositories_only() -> None:
    package = ROOT / SERVICE
    found = {
        str(path.relative_to(package)): names
        for path in package.rglob("*.py")
        if not allowed(path.relative_to(package))
        and (names := sorted(builders(ast.parse(path.read_text("utf-8")))))
    }
    assert not found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from sqlmodel import col, select", ["select"]),
        ("from sqlalchemy.sql import text as sql", ["text"]),
        ("import sqlalchemy as sa\nsa.select(1)", ["select"]),
        ("import sqlalchemy.sql\nsqlalchemy.sql.delete(a)", ["delete"]),
        ("from sqlalchemy import BigInteger, func", []),
        ("from models import select\nitems.update(a)", []),
    ],
)
def test_the_check_sees(source: str, expected: list[str]) -> None:
    assert list(builders(ast.parse(source))) == expected
