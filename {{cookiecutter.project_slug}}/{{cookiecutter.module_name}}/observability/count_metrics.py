"""Prometheus metrics of kept totals."""

from prometheus_client import CollectorRegistry, Counter


class CountMetrics:
    """How often a total need not be counted."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.lookups = Counter(
            "db_count_cache_lookups_total",
            "Totals asked for: hit, miss, or unavailable without Redis.",
            ["outcome"],
            registry=registry,
        )
        self.failures = Counter(
            "db_count_cache_failures_total",
            "Questions to Redis about totals that it did not answer.",
            registry=registry,
        )
