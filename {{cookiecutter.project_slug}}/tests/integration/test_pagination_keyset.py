"""Pages by cursor on a real PostgreSQL."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from {{cookiecutter.module_name}}.exceptions import ValidationFailedError
from {{cookiecutter.module_name}}.schemas.page import Page
from {{cookiecutter.module_name}}.schemas.response import CursorMetadataModel
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

from tests.specimen import (
    NEVER,
    Specimen,
    SpecimenFilters,
    SpecimenRepository,
    number,
    specimens,
    store,
)

type Order = Literal["asc", "desc"]
type Way = Literal["next_cursor", "prev_cursor"]
START = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
async def table(service_env: Mapping[str, str]) -> AsyncIterator[Database]:
    """With specimens in it, until the module ends."""
    database = Database(Settings.model_validate(dict(service_env)))
    async with specimens(database):
        yield database
    await database.close()


@pytest.fixture
async def empty(table: Database) -> Database:
    await clear(table)
    return table


async def clear(database: Database) -> None:
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.execute(
            text("TRUNCATE specimen RESTART IDENTITY CASCADE")
        )


async def read(
    database: Database, **wanted: Any
) -> tuple[list[int], CursorMetadataModel]:
    """Ids of a page, and how to go on."""
    async with database.reading() as session:
        request = SpecimenFilters.model_validate(wanted)
        page = await SpecimenRepository(session).paginate(request)
    return ids(page), cursors(page)


def ids(page: Page[Specimen]) -> list[int]:
    return [number(row) for row in page.rows]


def cursors(page: Page[Any]) -> CursorMetadataModel:
    assert isinstance(page.meta, CursorMetadataModel)
    return page.meta


async def walk(
    database: Database, cursor: str | None, **wanted: Any
) -> list[list[int]]:
    """Pages on from `cursor`, in the order in which they came."""
    pages = []
    while cursor is not None:
        found, meta = await read(database, cursor=cursor, **wanted)
        pages.append(found)
        cursor = meta.next_cursor
    return pages


async def walk_back(
    database: Database, cursor: str | None, **wanted: Any
) -> list[list[int]]:
    """Pages back from `cursor`, first things first."""
    pages: list[list[int]] = []
    while cursor is not None:
        found, meta = await read(database, cursor=cursor, **wanted)
        pages.insert(0, found)
        cursor = meta.prev_cursor
    return pages


def specimen(i: int) -> Specimen:
    """Each value comes up more than once, in no order."""
    step = (i * 7) % 5
    return Specimen(
        number=step - 2,
        small=step,
        text=["", "b", "B", "ä", "a\u2028"][step],
        fine=step > 2,
        ratio=[0.1, -1.5, 1e300, float("nan"), float("-inf")][step],
        price=Decimal(["1.10", "1.1", "-5", "0.000001", "NaN"][step]),
        key=UUID(int=(step + 1) << 100 | i),
        moment=START + timedelta(microseconds=step),
        wall=datetime(2020, 1, 1 + step),  # noqa: DTZ001
        due=None if step == 1 else date(2020, 1, 1 + step % 3),
    )


COLUMNS = SpecimenRepository.sorting.names


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", COLUMNS)
async def test_every_order(empty: Database, sort: str, order: Order) -> None:
    await store(empty, *(specimen(i) for i in range(17)))
    wanted: dict[str, Any] = {"sort": sort, "order": order, "per_page": 3}
    pages = await walk(empty, "", **wanted)
    assert list(map(len, pages)) == [3, 3, 3, 3, 3, 2]
    assert flat(pages) == await as_sorted(empty, sort, order)
    async with empty.reading() as session:
        request = SpecimenFilters.model_validate(
            {"sort": sort, "order": order}
        )
        by_number = await SpecimenRepository(session).paginate(request)
    assert flat(pages) == ids(by_number)
    _, meta = await read(empty, cursor="", **{**wanted, "per_page": 16})
    [last], meta = await read(empty, cursor=meta.next_cursor, **wanted)
    assert last == flat(pages)[-1]
    back = await walk_back(empty, meta.prev_cursor, **wanted)
    assert flat(back) == flat(pages)[:-1]


async def as_sorted(database: Database, sort: str, order: Order) -> list[int]:
    """As PostgreSQL has it, in a statement of our own."""
    column = f"coalesce(due, '{NEVER}')" if sort == "due" else sort
    async with database.reading() as session:
        connection = await session.connection()
        found = await connection.execute(
            text(
                "SELECT id FROM specimen"
                f" ORDER BY {column} {order}, id {order}"
            )
        )
        return list(found.scalars())


def flat(pages: Iterable[list[int]]) -> list[int]:
    return [row for page in pages for row in page]


async def test_what_a_page_says(empty: Database) -> None:
    stored = await store(empty, *(specimen(i) for i in range(5)))
    first, start = await read(empty, cursor="", per_page=2)
    assert first == stored[:2]
    assert start.per_page == 2
    assert start.has_more
    assert start.prev_cursor is None
    middle, meta = await read(empty, cursor=start.next_cursor, per_page=2)
    assert middle == stored[2:4]
    last, end = await read(empty, cursor=meta.next_cursor, per_page=2)
    assert last == stored[4:]
    assert (end.has_more, end.next_cursor) == (False, None)
    again, back = await read(empty, cursor=end.prev_cursor, per_page=2)
    assert again == middle
    assert back.has_more
    assert back.next_cursor == meta.next_cursor
    beginning, back = await read(empty, cursor=back.prev_cursor, per_page=2)
    assert beginning == first
    assert back.prev_cursor is None


async def test_no_rows(empty: Database) -> None:
    found, meta = await read(empty, cursor="")
    assert found == []
    assert meta == CursorMetadataModel(
        per_page=20, next_cursor=None, prev_cursor=None, has_more=False
    )


async def test_a_full_last_page_is_the_last(empty: Database) -> None:
    await store(empty, *(specimen(i) for i in range(4)))
    assert list(map(len, await walk(empty, "", per_page=2))) == [2, 2]


async def test_where_all_rows_are_gone_is_an_end(empty: Database) -> None:
    stored = await store(empty, *(specimen(i) for i in range(6)))
    _, first = await read(empty, cursor="", per_page=2)
    _, second = await read(empty, cursor=first.next_cursor, per_page=2)
    await remove(empty, *stored[2:])
    found, meta = await read(empty, cursor=second.next_cursor, per_page=2)
    assert found == []
    assert not meta.has_more
    found, _ = await read(empty, cursor=meta.prev_cursor, per_page=2)
    assert found == stored[:2]
    await remove(empty, *stored)
    stored = await store(empty, specimen(1), specimen(2), specimen(3))
    found, meta = await read(empty, cursor=second.prev_cursor, per_page=2)
    assert found == []
    assert meta.prev_cursor is None
    found, _ = await read(empty, cursor=meta.next_cursor, per_page=2)
    assert found == stored[:2]


async def remove(database: Database, *row_ids: int) -> None:
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.execute(
            text("DELETE FROM specimen WHERE id = ANY(:ids)"),
            {"ids": list(row_ids)},
        )


async def test_a_cursor_is_of_one_list(empty: Database) -> None:
    await store(empty, *(specimen(i) for i in range(5)))
    _, meta = await read(empty, cursor="", per_page=2, number_from=-5)
    cursor = meta.next_cursor
    await read(empty, cursor=cursor, per_page=100, number_from=-5)
    for change in (
        {},
        {"number_from": -4},
        {"number_from": -5, "sort": "number"},
        {"number_from": -5, "order": "desc"},
        {"number_from": -5, "part": "b"},
    ):
        with pytest.raises(ValidationFailedError) as caught:
            await read(empty, cursor=cursor, **change)
        assert [error.field for error in caught.value.errors] == ["cursor"]


async def test_filters_hold_on_every_page(empty: Database) -> None:
    await store(empty, *(specimen(i) for i in range(20)))
    wanted: dict[str, Any] = {"numbers": [-2, 1], "per_page": 3}
    pages = await walk(empty, "", **wanted)
    assert len(flat(pages)) == 8
    assert flat(pages) == flat(await walk(empty, "", numbers=[1, -2]))


# What happens between two pages.
inserts = st.tuples(st.just("insert"), st.none() | st.integers(0, 3))
deletes = st.tuples(st.just("delete"), st.integers(0, 30))
between = st.lists(inserts | deletes, max_size=4)


@dataclass
class Changes:
    """A table that changes while somebody reads it."""

    database: Database
    now: list[int] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)

    async def insert(self, values: Iterable[int | None]) -> None:
        rows = [
            Specimen(due=None if v is None else date(2020, 1, 1 + v))
            for v in values
        ]
        self.now += await store(self.database, *rows)

    async def apply(self, steps: list[tuple[str, int | None]]) -> None:
        inserted = [value for kind, value in steps if kind == "insert"]
        await self.insert(inserted)
        deleted = {
            self.now[value % len(self.now)]
            for kind, value in steps
            if kind == "delete" and value is not None and self.now
        }
        await remove(self.database, *deleted)
        self.gone |= deleted
        self.now = [row for row in self.now if row not in deleted]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(
    first=st.lists(st.none() | st.integers(0, 3), max_size=10),
    steps=st.lists(between, max_size=8),
    per_page=st.integers(1, 4),
    order=st.sampled_from(["asc", "desc"]),
)
async def test_nothing_twice_and_nothing_missed(
    table: Database,
    first: list[int | None],
    steps: list[list[tuple[str, int | None]]],
    per_page: int,
    order: Order,
) -> None:
    """Of what stays from the first page to the last, there and back."""
    await clear(table)
    changes = Changes(table)
    await changes.insert(first)
    wanted: dict[str, Any] = {
        "per_page": per_page,
        "order": order,
        "sort": "due",
    }
    coming = iter(steps)

    async def follow(cursor: str | None, way: Way) -> list[int]:
        seen: list[int] = []
        while cursor is not None:
            found, meta = await read(table, cursor=cursor, **wanted)
            assert len(found) <= per_page
            seen += found if way == "next_cursor" else reversed(found)
            cursor = getattr(meta, way)
            await changes.apply(next(coming, []))
        assert len(seen) == len(set(seen))
        rank = await as_sorted(table, "due", order)
        kept = [rank.index(row) for row in seen if row in rank]
        assert kept == sorted(kept, reverse=way == "prev_cursor")
        return seen

    before = set(changes.now)
    seen = await follow("", "next_cursor")
    assert before - changes.gone <= set(seen)

    found, end = await read(table, cursor="", **wanted)
    while end.next_cursor is not None:
        found, end = await read(table, cursor=end.next_cursor, **wanted)
    before = set(changes.now) - set(found)
    seen = await follow(end.prev_cursor, "prev_cursor")
    assert before - changes.gone <= set(seen)
