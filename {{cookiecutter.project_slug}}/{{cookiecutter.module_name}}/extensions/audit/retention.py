"""Takes out what is older than it has to be."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from {{cookiecutter.module_name}}.extensions.audit.repository import AuditRepository
from {{cookiecutter.module_name}}.storage.db import Database

logger = structlog.get_logger(__name__)

BATCH_SIZE: Final = 1000
_INTERVAL_SECONDS = 3600.0
# A worker that has just started has other things to do.
_FIRST_SECONDS = (300.0, 600.0)
_PAUSE_SECONDS = 0.05


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
            return await AuditRepository(session).delete_older(
                before, BATCH_SIZE
            )
