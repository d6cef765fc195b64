"""Publish and subscribe on Redis, one connection for all subscriptions."""

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from {{cookiecutter.module_name}}.constants import (
    REDIS_MESSAGE_TIMEOUT_SECONDS,
)
from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.protocols import Callback
from {{cookiecutter.module_name}}.realtime.base import Unsubscribe
from {{cookiecutter.module_name}}.realtime.redis_subscriptions import (
    RedisSubscriptions,
)
from {{cookiecutter.module_name}}.realtime.subscribers import Subscribers
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.redis import server_options

logger = structlog.get_logger(__name__)

# When so many wait for slow callbacks we stop reading, and Redis keeps them
# up to its client-output-buffer-limit.
_QUEUED_MESSAGES = 1000


class RRedis:
    """Channels under the service's prefix; `decode` raises ValueError.

    Connects when it is first used. Everything answers within
    REDIS_MESSAGE_TIMEOUT_SECONDS.
    """

    def __init__(
        self,
        settings: Settings,
        metrics: RedisMetrics,
        decode: Callable[[bytes], Any] = bytes,
    ) -> None:
        self._prefix = settings.REDIS_PREFIX
        self._metrics = metrics
        self._decode = decode
        self._client = _client(settings)
        self._subscribers = Subscribers()
        self._queue: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(
            _QUEUED_MESSAGES
        )
        self._subscriptions = RedisSubscriptions(
            self._client.connection_pool, metrics, self._receive
        )
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def publish(self, channel: str, data: bytes) -> None:
        """Raises UnavailableError; it may have been sent nevertheless."""
        try:
            async with asyncio.timeout(REDIS_MESSAGE_TIMEOUT_SECONDS):
                await self._client.publish(self._prefix + channel, data)
        except (RedisError, OSError) as error:
            self._metrics.publish_failures.inc()
            raise _unavailable() from error

    async def subscribe(self, channel: str, callback: Callback) -> Unsubscribe:
        """Waits until Redis knows, unless it is down; then it follows."""
        key = self._subscribers.add(channel, callback)

        async def unsubscribe() -> None:
            if self._subscribers.remove(channel, key):
                await self._subscriptions.remove(self._prefix + channel)

        self._start()
        try:
            await self._subscriptions.add(self._prefix + channel)
        except BaseException:
            # Nobody else could end it.
            await unsubscribe()
            raise
        return unsubscribe

    async def ping(self) -> None:
        """Raises UnavailableError while messages do not go out or come in."""
        if self._subscriptions.down:
            raise _unavailable()
        try:
            async with asyncio.timeout(REDIS_MESSAGE_TIMEOUT_SECONDS):
                await self._client.ping()
        except (RedisError, OSError) as error:
            raise _unavailable() from error

    async def close(self) -> None:
        """Drops messages that wait; a callback may be cut short."""
        self._subscribers.clear()
        current = asyncio.current_task()
        others = [task for task in self._tasks if task is not current]
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others)
        self._metrics.pubsub_connected.set(0)
        await self._client.aclose()
        if current in self._tasks:  # Called by a callback.
            current.cancel()

    def _start(self) -> None:
        if not self._tasks:
            # Their logs must not carry the request that came first.
            self._tasks = tuple(
                asyncio.create_task(work, context=contextvars.Context())
                for work in (self._subscriptions.run(), self._deliver())
            )

    async def _receive(self, name: str, payload: bytes) -> None:
        await self._queue.put((name.removeprefix(self._prefix), payload))

    async def _deliver(self) -> None:
        """Apart from reading, so that a callback may subscribe."""
        while True:
            channel, payload = await self._queue.get()
            try:
                data = self._decode(payload)
            except ValueError as error:
                self._metrics.undecodable_messages.inc()
                logger.warning(
                    "A message is dropped", channel=channel, reason=str(error)
                )
            else:
                await self._subscribers.deliver(channel, data)


def _unavailable() -> UnavailableError:
    return UnavailableError("Redis does not answer.")


def _client(settings: Settings) -> Redis:
    """Tries once, because a repeated PUBLISH could be delivered twice."""
    return Redis.from_pool(
        BlockingConnectionPool(
            **server_options(settings),
            timeout=REDIS_MESSAGE_TIMEOUT_SECONDS,
            socket_timeout=REDIS_MESSAGE_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_MESSAGE_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), retries=0),
            # With version 3 the pool offers connections that the server has
            # closed since.
            protocol=2,
        )
    )
