"""Prometheus metrics of the bus on Redis."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class RedisMetrics:
    """Messages that were lost, and whether any can come."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.pubsub_connected = Gauge(
            "redis_pubsub_connected",
            "Workers whose subscriptions are alive.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self.pubsub_failures = Counter(
            "redis_pubsub_failures_total",
            "Connections for subscriptions that were lost or refused.",
            registry=registry,
        )
        self.publish_failures = Counter(
            "redis_publish_failures_total",
            "Messages refused because Redis did not answer.",
            registry=registry,
        )
        self.undecodable_messages = Counter(
            "redis_undecodable_messages_total",
            "Messages dropped because they are not JSON.",
            registry=registry,
        )
