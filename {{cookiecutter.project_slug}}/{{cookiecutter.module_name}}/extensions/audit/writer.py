"""One insert at a time: what comes meanwhile forms the next."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from contextvars import Context

import structlog

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.extensions.audit.event import Event
from {{cookiecutter.module_name}}.extensions.audit.metrics import AuditMetrics
from {{cookiecutter.module_name}}.extensions.audit.settings import AuditSettings
from {{cookiecutter.module_name}}.extensions.audit.store import EventStore

logger = structlog.get_logger(__name__)


class AuditWriter[T](ABC):
    """Commits in groups; an item is an entry and who waits for it, if any.

    The task that writes lives as long as there is something to write.
    """

    def __init__(
        self, store: EventStore, settings: AuditSettings, metrics: AuditMetrics
    ) -> None:
        self.settings = settings
        self.metrics = metrics
        self.waiting: deque[T] = deque()
        self._store = store
        self._failing = False
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def keep(self, event: Event) -> None:
        """Returns when it is as safe as the settings ask.

        Raises UnavailableError.
        """

    @abstractmethod
    async def write_next(self) -> None:
        """Writes some of what waits, and takes it out; never raises."""

    async def close(self) -> None:
        """Returns when nothing waits, or the time of a write is over."""
        if self._task is not None:
            task, seconds = self._task, self.settings.write_timeout
            await asyncio.wait({task}, timeout=seconds)
            task.cancel()
            await asyncio.wait({task}, timeout=1)
        if self.waiting:
            logger.error("Audit entries are lost", number=len(self.waiting))
            self.metrics.dropped.inc(len(self.waiting))
            self.waiting.clear()

    def put(self, item: T) -> None:
        """Wakes the task."""
        self.waiting.append(item)
        # Also here: without PostgreSQL a write takes as long as it is away.
        self.metrics.queue_depth.set(len(self.waiting))
        if self._task is None:
            # Not in the context of whoever comes first.
            self._task = asyncio.get_running_loop().create_task(
                self._run(), name="audit-writer", context=Context()
            )

    async def insert(self, events: Sequence[Event]) -> None:
        """Raises what went wrong."""
        started = time.perf_counter()
        self.metrics.batch_size.observe(len(events))
        try:
            await self._store.insert(events)
        finally:
            seconds = time.perf_counter() - started
            self.metrics.write_duration.observe(seconds)
        self.metrics.written.inc(len(events))
        if self._failing:
            self._failing = False
            logger.info("The audit trail is written again")

    def note_failure(self, error: Exception) -> None:
        """Logs the first of a row; an outage needs no traceback."""
        if self._failing:
            return
        self._failing = True
        outage = isinstance(error, (UnavailableError, OSError))
        logger.error(
            "The audit trail cannot be written",
            reason=str(error) or type(error).__name__,
            exc_info=None if outage else error,
        )

    async def _run(self) -> None:
        try:
            while self.waiting:
                await self.write_next()
                self.metrics.queue_depth.set(len(self.waiting))
        finally:
            self._task = None
