"""What clients ask for and what is compared then: a module a piece."""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import asyncpg

from tests.chaos.ask import Ask, Kind


@dataclass(frozen=True, slots=True)
class Column:
    """A number of the table; what `must_not_be` is 0 when all is well."""

    title: str
    value: int
    must_not_be: bool = False


def kinds() -> list[Kind]:
    """Of all pieces."""
    return [
        kind for piece in _pieces() for kind in getattr(piece, "KINDS", ())
    ]


async def columns(
    database: asyncpg.Connection, asks: Sequence[Ask[Any]]
) -> list[Column]:
    """Of all pieces that look into the database."""
    found: list[Column] = []
    for piece in _pieces():
        if hasattr(piece, "columns"):
            found += await piece.columns(database, asks)
    return found


def _pieces() -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(__path__):
        yield importlib.import_module(f"{__name__}.{info.name}")
