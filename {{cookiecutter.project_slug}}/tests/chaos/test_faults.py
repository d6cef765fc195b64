"""Nothing is lost, doubled or half done, whatever is killed meanwhile.

The table comes at the end of the run.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
import pytest

from tests.chaos.ask import Ask, Result
from tests.chaos.faults import FAULTS
from tests.chaos.load import AFTER, ASKS, BEFORE, Load
from tests.chaos.pieces import Column, columns, kinds
from tests.chaos.site import Site
from tests.chaos.summary import PROPERTY

pytestmark = pytest.mark.chaos

type Record = Callable[[str, object], None]


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_acknowledged_is_there(
    site: Site, token: str, fault: str, record_property: Record
) -> None:
    load = Load(site.url, token, kinds())
    await load.run(lambda: FAULTS[fault](site))
    found = [*client_columns(load.asks), *await stored(site, load.asks)]
    table = {"fault": fault} | {c.title: str(c.value) for c in found}
    record_property(PROPERTY, json.dumps(table))
    print(reasons(load.asks))
    assert not {c.title: c.value for c in found if c.must_not_be and c.value}
    assert_served(load.asks)


def client_columns(asks: Sequence[Ask[Any]]) -> list[Column]:
    counts = Counter(ask.result for ask in asks)
    return [
        Column("sent", len(asks)),
        *(
            Column(result, counts[result], result == Result.WRONG)
            for result in Result
        ),
    ]


async def stored(site: Site, asks: Sequence[Ask[Any]]) -> list[Column]:
    names = site.postgres.environment
    database = await asyncpg.connect(
        host=names["DB_HOST"],
        port=int(names["DB_PORT"]),
        user=names["DB_USER"],
        password=names["DB_PASSWORD"],
        database=names["DB_NAME"],
    )
    try:
        return await columns(database, asks)
    finally:
        await database.close()


def assert_served(asks: Sequence[Ask[Any]]) -> None:
    """Before the fault all, and after it, without our doing, nearly all."""
    assert len(asks) == ASKS
    before, after = asks[: BEFORE // 2], asks[-AFTER // 2 :]
    assert not reasons(before)
    assert {ask.result for ask in after} == {Result.ACKNOWLEDGED}, reasons(
        after
    )


def reasons(asks: Sequence[Ask[Any]]) -> Counter[tuple[Result, str]]:
    return Counter(
        (ask.result, ask.reason)
        for ask in asks
        if ask.result != Result.ACKNOWLEDGED
    )
