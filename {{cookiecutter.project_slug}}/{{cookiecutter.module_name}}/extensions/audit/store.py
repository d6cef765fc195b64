"""Entries on their way into the table."""

from collections.abc import Sequence
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.extensions.audit.event import Event
from {{cookiecutter.module_name}}.storage.db import Database

_TYPES: Final = {
    "event_id": "uuid",
    "timestamp": "timestamptz",
    "response_status": "integer",
    "duration_ms": "float8",
}
_JSON: Final = frozenset(("user_roles", "request_data"))


def _statement() -> str:
    """One for any number of rows, so that it is planned once."""
    columns = ", ".join(Event._fields)
    values = ", ".join(
        f"{name}::jsonb" if name in _JSON else name for name in Event._fields
    )
    arrays = ", ".join(
        f"${number}::{_TYPES.get(name, 'text')}[]"
        for number, name in enumerate(Event._fields, 1)
    )
    parts = (
        f"INSERT INTO user_actions ({columns})",
        f"SELECT {values}",
        f"FROM unnest({arrays}) AS entry ({columns})",
        "ON CONFLICT (event_id) DO NOTHING",
    )
    return " ".join(parts)


_INSERT: Final = _statement()


class EventStore:
    """Writes each entry once, however often it is told to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def insert(self, events: Sequence[Event]) -> None:
        """Committed when it returns; raises UnavailableError."""
        async with self._database.statements() as connection:
            await connection.exec_driver_sql(_INSERT, _arrays(events))


async def insert_in(session: AsyncSession, event: Event) -> None:
    """Committed with the session, or not at all."""
    connection = await session.connection()
    await connection.exec_driver_sql(_INSERT, _arrays((event,)))


def _arrays(events: Sequence[Event]) -> tuple[Any, ...]:
    return tuple(map(list, zip(*events, strict=True)))
