"""A bus between the processes that share a Redis."""

from typing import Any

import orjson

from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.protocols import Callback
from {{cookiecutter.module_name}}.realtime.base import BaseBus, Unsubscribe
from {{cookiecutter.module_name}}.realtime.rredis import RRedis
from {{cookiecutter.module_name}}.settings import Settings


class RedisBus(BaseBus):
    """JSON by Redis pub/sub; what is sent while it is down is lost."""

    def __init__(self, settings: Settings, metrics: RedisMetrics) -> None:
        self._redis = RRedis(settings, metrics, decode=orjson.loads)
        self._closed = False

    async def publish(self, channel: str, data: Any) -> None:
        """Raises UnavailableError when Redis does not answer in time."""
        self._refuse_if_closed()
        await self._redis.publish(channel, orjson.dumps(data))

    async def subscribe(self, channel: str, callback: Callback) -> Unsubscribe:
        """The returned function may be called more than once."""
        self._refuse_if_closed()
        return await self._redis.subscribe(channel, callback)

    async def ping(self) -> None:
        """Raises UnavailableError while messages do not go out or come in."""
        self._refuse_if_closed()
        await self._redis.ping()

    async def close(self) -> None:
        """Ends the connections; may be called more than once."""
        if not self._closed:
            self._closed = True
            await self._redis.close()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("The bus is closed.")
