"""Sessions and users that were logged out."""

from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.settings import Settings


class Revocations:
    """Sessions and users that were logged out."""

    def __init__(
        self,
        redis: RedisGuard,
        settings: Settings,
        metrics: ProtectionMetrics,
    ) -> None:
        self._redis = redis
        self._settings = settings
        self._metrics = metrics
