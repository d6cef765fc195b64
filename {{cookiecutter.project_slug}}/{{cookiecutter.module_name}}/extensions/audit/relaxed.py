"""The writer that nobody waits for."""

import asyncio
from itertools import islice
from typing import override

import stamina
import structlog

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.extensions.audit.event import Event
from {{cookiecutter.module_name}}.extensions.audit.metrics import AuditMetrics
from {{cookiecutter.module_name}}.extensions.audit.settings import AuditSettings
from {{cookiecutter.module_name}}.extensions.audit.store import EventStore
from {{cookiecutter.module_name}}.extensions.audit.writer import AuditWriter

logger = structlog.get_logger(__name__)

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0


class RelaxedWriter(AuditWriter[Event]):
    """Gathers, and tries until PostgreSQL is back; a full queue drops."""

    def __init__(
        self, store: EventStore, settings: AuditSettings, metrics: AuditMetrics
    ) -> None:
        super().__init__(store, settings, metrics)
        self._enough = asyncio.Event()
        self._closing = False
        self._dropping = False

    @override
    async def keep(self, event: Event) -> None:
        if len(self.waiting) >= self.settings.AUDIT_QUEUE_MAX_SIZE:
            self._drop()
            return
        self._dropping = False
        self.put(event)
        if len(self.waiting) >= self.settings.AUDIT_BATCH_SIZE:
            self._enough.set()

    @override
    async def write_next(self) -> None:
        await self._gather()
        size = self.settings.AUDIT_BATCH_SIZE
        batch = list(islice(self.waiting, size))
        try:
            await self._insert(batch)
        except Exception as error:  # noqa: BLE001 - nobody waits for it
            self.note_failure(error)
            self.metrics.dropped.inc(len(batch))
        for _ in batch:
            self.waiting.popleft()

    @override
    async def close(self) -> None:
        self._closing = True
        self._enough.set()
        await super().close()

    async def _gather(self) -> None:
        if self._closing or (
            len(self.waiting) >= self.settings.AUDIT_BATCH_SIZE
        ):
            return
        self._enough.clear()
        timeout = asyncio.timeout(self.settings.AUDIT_BATCH_TIMEOUT_SECONDS)
        try:
            async with timeout:
                await self._enough.wait()
        except TimeoutError:
            return

    async def _insert(self, batch: list[Event]) -> None:
        retries = stamina.retry_context(
            on=(UnavailableError, TimeoutError, OSError),
            attempts=None,
            timeout=None,
            wait_initial=_FIRST_PAUSE_SECONDS,
            wait_max=_LONGEST_PAUSE_SECONDS,
        )
        async for attempt in retries:
            with attempt:
                await self._try(batch)

    async def _try(self, batch: list[Event]) -> None:
        try:
            async with asyncio.timeout(self.settings.write_timeout):
                await self.insert(batch)
        except (UnavailableError, OSError) as error:
            self.note_failure(error)
            raise

    def _drop(self) -> None:
        self.metrics.dropped.inc()
        if not self._dropping:
            self._dropping = True
            logger.error("The audit queue is full; entries are dropped")
