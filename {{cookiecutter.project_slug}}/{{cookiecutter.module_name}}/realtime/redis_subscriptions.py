"""Keeps what Redis sends us equal to what is wanted, through its restarts."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import structlog
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from {{cookiecutter.module_name}}.constants import (
    REDIS_MESSAGE_TIMEOUT_SECONDS,
)
from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.realtime.pubsub_link import PubSubLink, pubsub_link

logger = structlog.get_logger(__name__)

type Receive = Callable[[str, bytes], Awaitable[None]]

# Between two attempts to connect: doubled each time, then half of it random.
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 0.8


class RedisSubscriptions:
    """Names of channels on one connection; `receive` gets their messages."""

    def __init__(
        self, pool: ConnectionPool, metrics: RedisMetrics, receive: Receive
    ) -> None:
        self._pool = pool
        self._metrics = metrics
        self._receive = receive
        self._wanted: set[str] = set()
        # Those that this connection has not confirmed yet.
        self._pending: dict[str, asyncio.Event] = {}
        self._link: PubSubLink | None = None
        self._down_since: float | None = None
        self._connected = False

    @property
    def down(self) -> bool:
        """Whether messages are missed at present."""
        return self._down_since is not None

    async def add(self, name: str) -> None:
        """Waits until Redis has confirmed it, but not for a lost Redis."""
        if name not in self._wanted:
            self._wanted.add(name)
            self._pending[name] = asyncio.Event()
            await self._send("SUBSCRIBE", name)
        pending = self._pending.get(name)
        if pending is None or self.down:
            return
        try:
            async with asyncio.timeout(REDIS_MESSAGE_TIMEOUT_SECONDS):
                await pending.wait()
        except TimeoutError:
            logger.warning("Redis is slow to confirm", channel=name)

    async def remove(self, name: str) -> None:
        """Does not wait for Redis."""
        self._wanted.discard(name)
        self._settle(name)
        await self._send("UNSUBSCRIBE", name)

    async def run(self) -> None:
        """Connects again and again, until it is cancelled."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            self._connected = False
            try:
                async with pubsub_link(self._pool) as link:
                    await self._listen(link)
            # Whatever it was, the next connection may do better.
            except Exception as error:  # noqa: BLE001
                self._lose(error)
            finally:
                self._link = None
            if self._connected:
                pause = _FIRST_PAUSE_SECONDS
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _listen(self, link: PubSubLink) -> None:
        self._link = link
        self._pending = {
            name: self._pending.get(name) or asyncio.Event()
            for name in self._wanted
        }
        if self._wanted:
            await link.send("SUBSCRIBE", *self._wanted)
        self._find_if_complete()
        while True:
            kind, name, payload = await link.receive()
            if kind == b"message":
                await self._receive(name.decode(), payload)
            elif kind == b"subscribe":
                self._settle(name.decode())
                self._find_if_complete()

    async def _send(self, command: str, name: str) -> None:
        """Of no use without a connection; the next one begins with all."""
        if self._link is not None:
            try:
                await self._link.send(command, name)
            except (RedisError, OSError):
                logger.debug("Redis is just being lost", channel=name)

    def _settle(self, name: str) -> None:
        pending = self._pending.pop(name, None)
        if pending is not None:
            pending.set()

    def _find_if_complete(self) -> None:
        if self._connected or self._pending:
            return
        self._connected = True
        self._metrics.pubsub_connected.set(1)
        if self._down_since is not None:
            missed = round(time.monotonic() - self._down_since, 1)
            self._down_since = None
            logger.info(
                "Messages come from Redis again", missed_seconds=missed
            )

    def _lose(self, error: Exception) -> None:
        self._metrics.pubsub_failures.inc()
        self._metrics.pubsub_connected.set(0)
        if self._down_since is None:
            self._down_since = time.monotonic()
            logger.warning(
                "Messages do not come from Redis until it is back",
                reason=str(error) or type(error).__name__,
            )
        # Who waits has waited enough: it is registered.
        for pending in self._pending.values():
            pending.set()
        self._pending.clear()
