"""Authors made and listed; those that were acknowledged are there."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.chaos.ask import Ask, HttpKind, PackageKind, Result
from tests.chaos.pieces import Column

TABLE = "author"
KINDS = (
    HttpKind(method="POST", path="/api/authors", creates=TABLE),
    PackageKind(pkg_id=PkgID.CREATE_AUTHOR, creates=TABLE),
    HttpKind(path="/api/authors?limit=5"),
    PackageKind(pkg_id=PkgID.GET_AUTHORS),
    HttpKind(method="POST", path="/api/authors", creates=TABLE),
    PackageKind(pkg_id=PkgID.CREATE_AUTHOR, creates=TABLE),
)


async def columns(
    database: asyncpg.Connection, asks: Sequence[Ask[Any]]
) -> list[Column]:
    """A name is unique, so there cannot be two of one ask."""
    stored = await created(database, asks)
    wanted = [ask for ask in asks if ask.kind.creates == TABLE]
    missing = sum(
        ask.result == Result.ACKNOWLEDGED and ask.id not in stored
        for ask in wanted
    )
    return [
        Column("changes", len(stored)),
        Column("changes lost", missing, must_not_be=True),
    ]


async def created(
    database: asyncpg.Connection, asks: Sequence[Ask[Any]]
) -> set[str]:
    """The ids of all asks whose author is there."""
    names = {ask.name: ask.id for ask in asks if ask.kind.creates == TABLE}
    rows = await database.fetch(
        "SELECT name FROM author WHERE name = ANY($1)", list(names)
    )
    return {names[row["name"]] for row in rows}
