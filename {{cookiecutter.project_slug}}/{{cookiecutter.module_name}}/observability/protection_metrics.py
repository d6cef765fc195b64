"""Prometheus metrics of limits, fallbacks and circuit breakers."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class BreakerMetrics:
    """State is 0 closed, 1 half open, 2 open; the worst of all workers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.state = Gauge(
            "circuit_breaker_state",
            "0 closed, 1 half open, 2 open.",
            ["service"],
            multiprocess_mode="livemax",
            registry=registry,
        )
        self.failures = Counter(
            "circuit_breaker_failures_total",
            "Calls that failed.",
            ["service"],
            registry=registry,
        )
        self.refused = Counter(
            "circuit_breaker_refused_total",
            "Calls that were not made, because the breaker was open.",
            ["service"],
            registry=registry,
        )


class ProtectionMetrics:
    """Who was refused, and where protection had to do without Redis."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.breakers = BreakerMetrics(registry)
        self.rate_limit_hits = Counter(
            "rate_limit_hits_total",
            "Requests, packages and sockets refused by a limit.",
            ["limit_type"],
            registry=registry,
        )
        self.fallbacks = Counter(
            "protection_fallbacks_total",
            "Checks that Redis could not answer, by what was done instead.",
            ["check", "mode"],
            registry=registry,
        )
        self.revocations = Counter(
            "session_revocations_total",
            "Sessions and users that were logged out, by who said so.",
            ["source"],
            registry=registry,
        )
