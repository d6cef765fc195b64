"""Puts the trail in the place of the null audit while the service runs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.extensions.audit.metrics import AuditMetrics
from {{cookiecutter.module_name}}.extensions.audit.redaction import Redaction
from {{cookiecutter.module_name}}.extensions.audit.relaxed import RelaxedWriter
from {{cookiecutter.module_name}}.extensions.audit.retention import Retention
from {{cookiecutter.module_name}}.extensions.audit.settings import AuditSettings
from {{cookiecutter.module_name}}.extensions.audit.store import EventStore
from {{cookiecutter.module_name}}.extensions.audit.strict import StrictWriter
from {{cookiecutter.module_name}}.extensions.audit.trail import AuditTrail
from {{cookiecutter.module_name}}.extensions.audit.writer import AuditWriter
from {{cookiecutter.module_name}}.observability.audit import NO_AUDIT


@asynccontextmanager
async def audit(context: AppContext) -> AsyncGenerator[None]:
    """An audit that somebody else put there stays."""
    settings = context.settings_of(AuditSettings)
    if not (settings.AUDIT_ENABLED and context.audit is NO_AUDIT):
        yield
        return
    metrics = AuditMetrics(context.metrics.registry)
    writer = _writer(EventStore(context.database), settings, metrics)
    redaction = Redaction(
        settings.AUDIT_REDACT_KEYS, max_bytes=settings.AUDIT_MAX_DATA_BYTES
    )
    trail = AuditTrail(writer, redaction, metrics)
    context.audit = trail
    context.database.before_commit.append(trail.before_commit)
    if settings.AUDIT_RETENTION_DAYS:
        retention = Retention(context.database, settings.AUDIT_RETENTION_DAYS)
        context.tasks.start("audit-retention", retention.run)
    try:
        yield
    finally:
        await writer.close()


def _writer(
    store: EventStore, settings: AuditSettings, metrics: AuditMetrics
) -> AuditWriter[Any]:
    kind = (
        StrictWriter
        if settings.AUDIT_DURABILITY == "strict"
        else RelaxedWriter
    )
    return kind(store, settings, metrics)
