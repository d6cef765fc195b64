"""Prometheus metrics of the core, under the names dashboards expect."""

import platform

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.observability.buckets import DURATION_BUCKETS
from {{cookiecutter.module_name}}.observability.count_metrics import CountMetrics
from {{cookiecutter.module_name}}.observability.database_metrics import (
    DatabaseMetrics,
)
from {{cookiecutter.module_name}}.observability.multiprocess import (
    shared_registry,
)
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.observability.websocket_metrics import (
    WebSocketMetrics,
)


class Metrics:
    """A registry of its own, so that two applications share a process."""

    def __init__(self, environment: str) -> None:
        self.registry = CollectorRegistry()
        self.http_requests = Counter(
            "http_requests_total",
            "HTTP requests answered.",
            ["method", "endpoint", "status_code"],
            registry=self.registry,
        )
        self.http_duration = Histogram(
            "http_request_duration_seconds",
            "Time from the first byte in to the last byte out.",
            ["method", "endpoint"],
            buckets=DURATION_BUCKETS,
            registry=self.registry,
        )
        self.http_in_progress = Gauge(
            "http_requests_in_progress",
            "HTTP requests being answered.",
            ["method", "endpoint"],
            multiprocess_mode="livesum",
            registry=self.registry,
        )
        self.auth_attempts = Counter(
            "auth_attempts_total",
            "Logins with a password, by outcome.",
            ["status"],
            registry=self.registry,
        )
        self.token_validations = Counter(
            "auth_token_validations_total",
            "Bearer tokens seen, by outcome.",
            ["status"],
            registry=self.registry,
        )
        self.keycloak_key_events = Counter(
            "keycloak_key_events_total",
            "Fetches of Keycloak's keys and fallbacks to cached ones.",
            ["event"],
            registry=self.registry,
        )
        self.errors = Counter(
            "app_errors_total",
            "Requests that ended in an unexpected error.",
            ["type", "handler"],
            registry=self.registry,
        )
        self.websocket = WebSocketMetrics(self.registry)
        self.database = DatabaseMetrics(self.registry)
        self.redis = RedisMetrics(self.registry)
        self.counts = CountMetrics(self.registry)
        self.protection = ProtectionMetrics(self.registry)
        app_info = Gauge(
            "app_info",
            "Always 1; the labels tell what runs.",
            ["version", "python_version", "environment"],
            multiprocess_mode="livemax",
            registry=self.registry,
        )
        app_info.labels(
            constants.VERSION, platform.python_version(), environment
        ).set(1)

    def render(self) -> bytes:
        """Prometheus text exposition, of all workers."""
        return generate_latest(shared_registry() or self.registry)
