"""Takes out what is older than it has to be."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import text

from {{cookiecutter.module_name}}.storage.db import Database

logger = structlog.get_logger(__name__)

BATCH_SIZE: Final = 1000
_INTERVAL_SECONDS = 3600.0
# A worker that has just started has other things to do.
_FIRST_SECONDS = (300.0, 600.0)
# Any number, as long as all workers take the same.
LOCK = 7_240_914
_PAUSE_SECONDS = 0.05
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock)")
# The index leads to the oldest; a row is found by its key.
DELETE = text(
    "WITH gone AS (DELETE FROM user_actions WHERE id = ANY (ARRAY("
    "SELECT id FROM user_actions WHERE timestamp < :before"
    " ORDER BY timestamp, id LIMIT :most)) RETURNING 1)"
    " SELECT count(*) FROM gone"
)


class Retention:
    """Deletes in small transactions, by one worker at a time."""

    def __init__(self, database: Database, days: int) -> None:
        self._database = database
        self._age = timedelta(days=days)

    async def run(self) -> None:
        """Until it is cancelled; workers do not begin all at once."""
        pause = random.uniform(*_FIRST_SECONDS)  # noqa: S311
        while True:
            await asyncio.sleep(pause)
            await self.clean()
            pause = _INTERVAL_SECONDS

    async def clean(self) -> int:
        """How many were deleted; raises UnavailableError."""
        before = datetime.now(UTC) - self._age
        total = 0
        while (deleted := await self._delete(before)) == BATCH_SIZE:
            total += deleted
            await asyncio.sleep(_PAUSE_SECONDS)
        total += deleted
        if total:
            logger.info("Old audit entries are deleted", number=total)
        return total

    async def _delete(self, before: datetime) -> int:
        async with self._database.transaction() as session:
            if not await session.scalar(_TRY_LOCK, {"lock": LOCK}):
                return 0
            deleted = await session.scalar(
                DELETE, {"before": before, "most": BATCH_SIZE}
            )
            return int(deleted or 0)
