"""Prometheus metrics of the sockets, under the names dashboards expect."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from {{cookiecutter.module_name}}.observability.buckets import DURATION_BUCKETS


class WebSocketMetrics:
    """Sockets, their messages and how their requests end.

    `status` of a connection is accepted, rejected_auth, rejected_host,
    rejected_limit or rejected_origin. Who is refused at a login by frame was
    accepted before.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.connections_active = Gauge(
            "ws_connections_active",
            "Sockets open now.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self.connections = Counter(
            "ws_connections_total",
            "Sockets that came, by what became of them.",
            ["status"],
            registry=registry,
        )
        self.connections_closed = Counter(
            "ws_connections_closed_total",
            "Sockets that ended, by close code.",
            ["code"],
            registry=registry,
        )
        self.slow_closes = Counter(
            "ws_slow_closes_total",
            "Sockets closed because the client did not read.",
            registry=registry,
        )
        self._durations: dict[str, Histogram] = {}
        self._outcomes: dict[tuple[str, int], Counter] = {}
        self._count_messages(registry)
        self._watch_outboxes(registry)

    def observe_processing(self, package: str, seconds: float) -> None:
        """As `processing_duration.labels(…)`, without the search."""
        known = self._durations.get(package)
        if known is None:
            known = self.processing_duration.labels(package)
            self._durations[package] = known
        known.observe(seconds)

    def count_reply(self, package: str, status_code: int) -> None:
        """As `replies.labels(…)`, without the search."""
        known = self._outcomes.get((package, status_code))
        if known is None:
            known = self.replies.labels(package, status_code)
            self._outcomes[package, status_code] = known
        known.inc()

    def _count_messages(self, registry: CollectorRegistry) -> None:
        self.messages_received = Counter(
            "ws_messages_received_total",
            "Messages of clients, control frames included.",
            registry=registry,
        )
        self.messages_sent = Counter(
            "ws_messages_sent_total",
            "Messages to clients, control frames included.",
            registry=registry,
        )
        self.processing_duration = Histogram(
            "ws_message_processing_duration_seconds",
            "Time from a request read to its reply queued.",
            ["pkg_id"],
            buckets=DURATION_BUCKETS,
            registry=registry,
        )
        self.replies = Counter(
            "ws_package_replies_total",
            "Replies, by package and outcome.",
            ["pkg_id", "status_code"],
            registry=registry,
        )

    def _watch_outboxes(self, registry: CollectorRegistry) -> None:
        self.outbox_depth = Gauge(
            "ws_outbox_depth",
            "Messages that wait to be sent, of all sockets.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self.outbox_depth_max = Gauge(
            "ws_outbox_depth_max",
            "Messages that wait to be sent, of the socket with most.",
            multiprocess_mode="livemax",
            registry=registry,
        )
