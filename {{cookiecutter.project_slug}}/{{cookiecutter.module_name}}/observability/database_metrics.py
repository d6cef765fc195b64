"""Prometheus metrics of PostgreSQL as the service meets it."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from {{cookiecutter.module_name}}.observability.buckets import DURATION_BUCKETS


class DatabaseMetrics:
    """Statements by operation, and the pool of connections.

    `operation` is select, insert, update, delete or other.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.query_duration = Histogram(
            "db_query_duration_seconds",
            "Time from a statement sent to its last row.",
            ["operation"],
            buckets=DURATION_BUCKETS,
            registry=registry,
        )
        self.slow_queries = Counter(
            "db_slow_queries_total",
            "Statements that took longer than DB_SLOW_QUERY_SECONDS.",
            ["operation"],
            registry=registry,
        )
        self.query_errors = Counter(
            "db_query_errors_total",
            "Statements that failed.",
            ["operation", "error_type"],
            registry=registry,
        )
        self._durations: dict[str, Histogram] = {}
        self._watch_pool(registry)

    def observe_query(self, operation: str, seconds: float) -> None:
        """As `query_duration.labels(…)`, without the search."""
        known = self._durations.get(operation)
        if known is None:
            known = self.query_duration.labels(operation)
            self._durations[operation] = known
        known.observe(seconds)

    def _watch_pool(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, meaning: str) -> Gauge:
            return Gauge(
                name, meaning, multiprocess_mode="livesum", registry=registry
            )

        self.connections_active = gauge(
            "db_connections_active", "Connections that are open."
        )
        self.pool_max = gauge(
            "db_pool_max_connections", "Connections that may be open."
        )
        self.pool_in_use = gauge(
            "db_pool_connections_in_use", "Connections that work."
        )
        self.pool_available = gauge(
            "db_pool_connections_available", "Open connections that wait."
        )
        self.pool_overflow = gauge(
            "db_pool_overflow_count", "Connections beyond DB_POOL_SIZE."
        )
        self.connections_created = Counter(
            "db_pool_connections_created_total",
            "Connections opened since the start.",
            registry=registry,
        )
