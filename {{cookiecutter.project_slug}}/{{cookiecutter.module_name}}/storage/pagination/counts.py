"""Totals of lists: where they are kept, and who has made them wrong."""

from collections.abc import Awaitable, Callable, Collection
from typing import Final, Never, Protocol, override

from sqlalchemy import Table, event
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

type Count = Callable[[], Awaitable[int]]

_COUNTS: Final = "counts"
_WRITTEN: Final = "written tables"


class Counts(Protocol):
    """Keeps totals by table and filters."""

    async def total(self, table: str, fingerprint: str, count: Count) -> int:
        """The total, counted when it is not known."""

    async def invalidate(self, tables: Collection[str]) -> None:
        """Forgets all totals of these tables; never raises."""


class NullCounts:
    """Keeps nothing."""

    async def total(self, table: str, fingerprint: str, count: Count) -> int:
        """Counts."""
        return await count()

    async def invalidate(self, tables: Collection[str]) -> None:
        """There is nothing to forget."""


class WritingSession(Session):
    """Knows which tables it has written, but for statements as text."""

    @override
    def commit(self) -> Never:
        """Refused: it would pass by what has to be committed as well."""
        raise TypeError("The end of `Database.transaction()` commits.")


@event.listens_for(WritingSession, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        table = getattr(state.statement, "table", None)
        _note(state.session, table, deleted=state.is_delete)


@event.listens_for(WritingSession, "after_flush")
def _note_flush(session: AnySession, _: UOWTransaction) -> None:
    for instance in (*session.new, *session.dirty):
        _note(session, getattr(instance, "__table__", None))
    for instance in session.deleted:
        _note(session, getattr(instance, "__table__", None), deleted=True)


def _note(
    session: AnySession, table: object, *, deleted: bool = False
) -> None:
    if not isinstance(table, Table):
        return
    written = session.info.setdefault(_WRITTEN, set())
    if deleted:
        _add_with_dependents(table, written)
    else:
        written.add(table.name)


def _add_with_dependents(table: Table, written: set[str]) -> None:
    """PostgreSQL itself changes rows that refer to one that goes."""
    written.add(table.name)
    for other in table.metadata.tables.values():
        if other.name not in written and any(
            key.ondelete and key.column.table.key == table.key
            for key in other.foreign_keys
        ):
            _add_with_dependents(other, written)


def note_written(session: AsyncSession, *tables: str) -> None:
    """For what no session sees: triggers, and statements as text."""
    session.info.setdefault(_WRITTEN, set()).update(tables)


def written_by(session: AsyncSession) -> frozenset[str]:
    """Names of tables."""
    return frozenset(session.info.get(_WRITTEN, ()))


def with_counts(counts: Counts) -> dict[str, Counts]:
    """For `info=` of a session whose pages may use kept totals."""
    return {_COUNTS: counts}


def counts_of(session: AsyncSession) -> Counts:
    """A transaction has none: it sees what others do not."""
    found: Counts = session.info.get(_COUNTS, _NONE)
    return found


_NONE: Final = NullCounts()
