"""An author and the row that tells of it: both or neither."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from tests.chaos.ask import Ask
from tests.chaos.pieces import Column
from tests.chaos.pieces.audit import outcomes, successes
from tests.chaos.pieces.author import TABLE, created


async def columns(
    database: asyncpg.Connection, asks: Sequence[Ask[Any]]
) -> list[Column]:
    """Also of asks whose client knows nothing."""
    wanted = [ask for ask in asks if ask.kind.creates == TABLE]
    made = await created(database, wanted)
    told = successes(await outcomes(database, wanted))
    return [
        Column("changes without row", len(made - told), must_not_be=True),
        Column("rows without change", len(told - made), must_not_be=True),
    ]
