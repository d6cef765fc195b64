"""The audit trail as it stands in the database."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

# Only how long a broken service keeps a test.
PATIENCE_SECONDS = 20
_POLL_SECONDS = 0.02

type Row = dict[str, Any]


class AuditTable:
    """Read by another client of the database."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def of(self, request_id: str) -> list[Row]:
        """All rows of one request, oldest first."""
        return await self._rows("request_id = $1", request_id)

    async def one(self, request_id: str) -> Row:
        """The row that is there now; there must be no other."""
        (row,) = await self.of(request_id)
        return row

    async def coming(self, request_id: str, number: int = 1) -> list[Row]:
        """Waits until there are so many."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found := await self.of(request_id)) < number:
                await asyncio.sleep(_POLL_SECONDS)
        return found

    async def by(self, user_id: str, action_type: str) -> list[Row]:
        """What one user did of one kind, oldest first."""
        return await self._rows(
            "user_id = $1 AND action_type = $2", user_id, action_type
        )

    async def count(self) -> int:
        """Of all rows."""
        return int(
            await self._connection.fetchval(
                "SELECT count(*) FROM user_actions"
            )
        )

    async def _rows(self, where: str, *values: str) -> list[Row]:
        found = await self._connection.fetch(
            f"SELECT * FROM user_actions WHERE {where} ORDER BY id",
            *values,
        )
        return [_readable(dict(row)) for row in found]


def _readable(row: Row) -> Row:
    for name in ("user_roles", "request_data"):
        row[name] = json.loads(row[name])
    return row


@asynccontextmanager
async def audit_table(env: Mapping[str, str]) -> AsyncIterator[AuditTable]:
    """Of the database that a service under `env` uses."""
    connection = await asyncpg.connect(
        host=env["DB_HOST"],
        port=int(env["DB_PORT"]),
        user=env["DB_USER"],
        password=env["DB_PASSWORD"],
        database=env["DB_NAME"],
    )
    try:
        yield AuditTable(connection)
    finally:
        await connection.close()
