"""The audit port on PostgreSQL."""

from contextvars import ContextVar
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.extensions.audit.event import event_of
from {{cookiecutter.module_name}}.extensions.audit.metrics import AuditMetrics
from {{cookiecutter.module_name}}.extensions.audit.redaction import Redaction
from {{cookiecutter.module_name}}.extensions.audit.store import insert_in
from {{cookiecutter.module_name}}.extensions.audit.writer import AuditWriter
from {{cookiecutter.module_name}}.protocols import AuditAction
from {{cookiecutter.module_name}}.storage.db import Committed
from {{cookiecutter.module_name}}.types import AuditOutcome

_current: ContextVar[AuditAction | None] = ContextVar("action", default=None)


class AuditTrail:
    """What changes something is kept with the change, the rest afterwards."""

    enabled = True

    def __init__(
        self,
        writer: AuditWriter[Any],
        redaction: Redaction,
        metrics: AuditMetrics,
    ) -> None:
        self._writer = writer
        self._redaction = redaction
        self._metrics = metrics

    def begin(self, action: AuditAction) -> None:
        """What this task commits from here on is part of the action."""
        _current.set(action)

    async def end(
        self,
        action: AuditAction,
        outcome: AuditOutcome,
        status: int,
        error: str | None = None,
    ) -> None:
        """Raises UnavailableError where the settings want it kept."""
        if outcome == "success" and action.rows:
            return
        event = event_of(action, outcome, status, error, self._redaction)
        if action.undecided is not None:
            # Under its id: this row is only where the change is not.
            event = event._replace(event_id=action.undecided)
        # Nor is there another of an action that was cancelled meanwhile.
        action.undecided = event.event_id
        self._metrics.events[outcome].inc()
        await self._writer.keep(event)

    async def before_commit(self, session: AsyncSession) -> Committed | None:
        """Keeps the action in the transaction of its change."""
        action = _current.get()
        if action is None:
            return None
        # The status is known only when it is completed.
        event = event_of(action, "success", 0, None, self._redaction)
        event = event._replace(response_status=action.success_status)
        action.undecided = event.event_id
        await insert_in(session, event)

        def committed() -> None:
            action.undecided = None
            action.rows += 1
            self._metrics.events["success"].inc()
            self._metrics.written.inc()

        return committed
