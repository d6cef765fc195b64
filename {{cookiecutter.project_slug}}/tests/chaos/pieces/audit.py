"""The audit trail has each acknowledged ask, once."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import asyncpg

from tests.chaos.ask import Ask, Result
from tests.chaos.pieces import Column


async def columns(
    database: asyncpg.Connection, asks: Sequence[Ask[Any]]
) -> list[Column]:
    """Of all asks, whatever they are about."""
    rows = await outcomes(database, asks)
    doubled = sum(count - 1 for count in Counter(i for i, _ in rows).values())
    kept = successes(rows)
    lost = sum(
        ask.result == Result.ACKNOWLEDGED and ask.id not in kept
        for ask in asks
    )
    return [
        Column("rows stored", len(rows)),
        Column("duplicates", doubled, must_not_be=True),
        Column("lost", lost, must_not_be=True),
    ]


async def outcomes(
    database: asyncpg.Connection, asks: Sequence[Ask[Any]]
) -> list[tuple[str, str]]:
    """Id of the ask and outcome of each row about one of them."""
    rows = await database.fetch(
        "SELECT request_id, outcome FROM user_actions"
        " WHERE request_id = ANY($1)",
        [ask.id for ask in asks],
    )
    return [(row["request_id"], row["outcome"]) for row in rows]


def successes(rows: Sequence[tuple[str, str]]) -> set[str]:
    """Ids of the asks that a row says to have succeeded."""
    return {found for found, outcome in rows if outcome == "success"}
