"""The writer whose callers wait for the commit."""

import asyncio
from collections.abc import Sequence
from typing import override

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.extensions.audit.event import Event
from {{cookiecutter.module_name}}.extensions.audit.writer import AuditWriter

type Item = tuple[Event, asyncio.Future[None]]


class StrictWriter(AuditWriter[Item]):
    """An entry whose caller gave up before its turn is not written."""

    @override
    async def keep(self, event: Event) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self.put((event, waiter))
        try:
            async with asyncio.timeout(self.settings.write_timeout):
                await waiter
        except TimeoutError:
            self.metrics.dropped.inc()
            raise UnavailableError(
                "The audit trail was not written in time."
            ) from None
        except UnavailableError:
            self.metrics.dropped.inc()
            raise

    @override
    async def write_next(self) -> None:
        batch: list[Item] = []
        while self.waiting and len(batch) < self.settings.AUDIT_BATCH_SIZE:
            item = self.waiting.popleft()
            if not item[1].done():
                batch.append(item)
        if batch:
            await self._write(batch)

    async def _write(self, batch: Sequence[Item]) -> None:
        try:
            async with asyncio.timeout(self.settings.write_timeout):
                await self._insert([event for event, _ in batch])
        except (UnavailableError, OSError) as error:
            self._refuse(batch, error)
        except Exception as error:  # noqa: BLE001 - told to who waits
            if len(batch) == 1:
                self._refuse(batch, error)
            # The others are not to blame.
            for item in batch if len(batch) > 1 else ():
                await self._write([item])
        else:
            for _, waiter in batch:
                if not waiter.done():
                    waiter.set_result(None)

    async def _insert(self, events: Sequence[Event]) -> None:
        """Once more on another connection; what is there stays once."""
        try:
            await self.insert(events)
        except UnavailableError:
            await self.insert(events)

    def _refuse(self, batch: Sequence[Item], error: Exception) -> None:
        self.note_failure(error)
        for _, waiter in batch:
            if not waiter.done():
                waiter.set_exception(
                    UnavailableError("The audit trail cannot be written.")
                )
