"""A list as a database knows it, before somebody asks for a page."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.storage.pagination.sorting import Ordering

type Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Listing:
    """`query` has the conditions, and no order, limit or offset.

    `table` and `fingerprint` name it: the same names, the same rows.
    """

    query: Query
    order: Ordering
    table: str
    fingerprint: str

    async def count(self, session: AsyncSession) -> int:
        """Asks PostgreSQL, which reads them all."""
        query = select(func.count()).select_from(self.query.subquery())
        [row] = await fetch(session, query)
        return int(row[0])


async def fetch(session: AsyncSession, query: Query) -> list[Row[Any]]:
    """Whole rows, also of a query for a single model.

    `AsyncSession.exec` would take them apart.
    """

    def run(sync: Session) -> list[Row[Any]]:
        return list(sync.execute(query))

    return await session.run_sync(run)
