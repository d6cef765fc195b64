"""What a page costs, measured as a repository reads it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.storage.db import Database
from {{cookiecutter.module_name}}.storage.pagination import (
    Listing,
    cursor_page,
    offset_page,
)
from {{cookiecutter.module_name}}.storage.pagination.cursor import Place, write
from {{cookiecutter.module_name}}.storage.pagination.listing import fetch

from benchmarks.pagination.entries import SORTING, Entry

type Work = Callable[[AsyncSession], Awaitable[Any]]
NAME = "entries"


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds, the median of all rounds."""

    by_offset: float
    by_cursor: float


@dataclass(frozen=True, slots=True)
class Costs:
    """Measures on a filled table."""

    database: Database
    per_page: int
    rounds: int

    async def page(self, number: int, sort: str) -> Cost:
        """Without a total: a cursor has none."""
        listing = _listing(sort)
        cursor = await self._cursor(listing, number)
        by_offset = await self._median(
            lambda session: offset_page(
                session, listing, number, self.per_page, total=False
            )
        )
        by_cursor = await self._median(
            lambda session: cursor_page(
                session, listing, cursor, self.per_page
            )
        )
        return Cost(by_offset, by_cursor)

    async def total(self) -> float:
        """Counting all rows, which a kept total saves."""
        return await self._median(_listing("id").count)

    async def _cursor(self, listing: Listing, number: int) -> str:
        """To the page of that number."""
        before = (number - 1) * self.per_page
        if not before:
            return ""
        keys = select(*listing.order.keys).order_by(*listing.order.keys)
        async with self.database.reading() as session:
            [row] = await fetch(session, keys.offset(before - 1).limit(1))
        return write(Place(tuple(row)), listing.order, listing.fingerprint)

    async def _median(self, work: Work) -> float:
        times = []
        for number in range(self.rounds + 1):
            async with self.database.reading() as session:
                started = time.perf_counter()
                await work(session)
                spent = time.perf_counter() - started
            if number:  # The first one prepares the statement.
                times.append(spent * 1000)
        return median(times)


def _listing(sort: str) -> Listing:
    columns = Entry.__table__.columns  # type: ignore[attr-defined]
    return Listing(select(*columns), SORTING.by(sort), "entry", NAME)
