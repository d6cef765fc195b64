"""Prometheus metrics of the audit trail, under the sources' names."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from {{cookiecutter.module_name}}.observability.buckets import DURATION_BUCKETS
from {{cookiecutter.module_name}}.types import AuditOutcome

_OUTCOMES: tuple[AuditOutcome, ...] = ("success", "error", "permission_denied")
_BATCH_BUCKETS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class AuditMetrics:
    """What was done, what was kept of it, and at what price."""

    def __init__(self, registry: CollectorRegistry) -> None:
        events = Counter(
            "audit_logs_total",
            "Actions to keep, by outcome.",
            ["outcome"],
            registry=registry,
        )
        self.events = {name: events.labels(name) for name in _OUTCOMES}
        self.written = Counter(
            "audit_logs_written_total",
            "Actions that were kept.",
            registry=registry,
        )
        self.dropped = Counter(
            "audit_logs_dropped_total",
            "Actions that were not kept, because they could not be.",
            registry=registry,
        )
        self.queue_depth = Gauge(
            "audit_queue_depth",
            "Actions that wait to be written.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self.write_duration = Histogram(
            "audit_write_duration_seconds",
            "Time of an insert, whatever became of it.",
            buckets=DURATION_BUCKETS,
            registry=registry,
        )
        self.batch_size = Histogram(
            "audit_batch_size",
            "Actions in an insert.",
            buckets=_BATCH_BUCKETS,
            registry=registry,
        )
