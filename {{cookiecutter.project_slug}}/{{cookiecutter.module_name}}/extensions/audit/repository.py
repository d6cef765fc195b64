"""Queries on the audit trail; it is written elsewhere, and never changed.

What is too old is deleted.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, String, cast, or_, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.extensions.audit.schemas import (
    AuditFilters,
    AuditPage,
    AuditRow,
)
from {{cookiecutter.module_name}}.extensions.audit.user_action import UserAction
from {{cookiecutter.module_name}}.schemas.page import Page
from {{cookiecutter.module_name}}.storage.pagination import (
    Filters,
    Listing,
    Sorting,
    cursor_page,
)
from {{cookiecutter.module_name}}.storage.pagination.columns import column_of
from {{cookiecutter.module_name}}.storage.pagination.filters import fingerprint
from {{cookiecutter.module_name}}.storage.pagination.listing import Query, fetch

_COLUMNS: Sequence[ColumnElement[Any]] = [
    # The driver's own kind of UUID is unknown to what writes JSON.
    cast(column, String) if name == "event_id" else column
    for name in AuditRow._fields
    for column in [column_of(UserAction, name)]
]
_SEARCHED = (
    col(UserAction.error_message),
    col(UserAction.resource),
    col(UserAction.user_agent),
)

# Any number, as long as all workers take the same.
LOCK: Final = 7_240_914
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock)")
# The index leads to the oldest; a row is found by its key.
DELETE: Final = text(
    "WITH gone AS (DELETE FROM user_actions WHERE id = ANY (ARRAY("
    "SELECT id FROM user_actions WHERE timestamp < :before"
    " ORDER BY timestamp, id LIMIT :most)) RETURNING 1)"
    " SELECT count(*) FROM gone"
)


class AuditRepository:
    """Entries, newest first."""

    filters = Filters(UserAction, AuditFilters)
    order = Sorting(UserAction, "timestamp").by(descending=True)

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, entry_id: int) -> AuditRow | None:
        """By id."""
        query = _all().where(col(UserAction.id) == entry_id)
        found = await fetch(self._session, query)
        return AuditRow._make(found[0]) if found else None

    async def page(self, wanted: AuditPage) -> Page[AuditRow]:
        """By cursor; raises ValidationFailedError."""
        words = wanted.search_term or ""
        listing = Listing(
            query=self._query(wanted),
            order=self.order,
            table="user_actions",
            fingerprint=fingerprint(self.filters.fingerprint(wanted), words),
        )
        found = await cursor_page(
            self._session, listing, wanted.cursor, wanted.per_page
        )
        return Page([AuditRow._make(row) for row in found.rows], found.meta)

    async def older(
        self, wanted: AuditFilters, than: AuditRow | None, limit: int
    ) -> Sequence[AuditRow]:
        """What follows an entry, or the newest entries."""
        query = self._query(wanted)
        if than is not None:
            place = (than.timestamp, than.id)
            query = query.where(self.order.beyond(place, back=False))
        ordered = self.order.sorted(query, back=False).limit(limit)
        return [
            AuditRow._make(row) for row in await fetch(self._session, ordered)
        ]

    async def delete_older(self, before: datetime, most: int) -> int:
        """How many; none while another transaction does it."""
        if not await self._session.scalar(_TRY_LOCK, {"lock": LOCK}):
            return 0
        values = {"before": before, "most": most}
        return int(await self._session.scalar(DELETE, values) or 0)

    def _query(self, wanted: AuditFilters) -> Query:
        conditions = self.filters.conditions(wanted)
        if wanted.search_term is not None:
            conditions.append(_contains(wanted.search_term))
        return _all().where(*conditions)


def _all() -> Query:
    query: Query = select(*_COLUMNS)
    return query


def _contains(words: str) -> ColumnElement[bool]:
    return or_(
        *(column.icontains(words, autoescape=True) for column in _SEARCHED)
    )
