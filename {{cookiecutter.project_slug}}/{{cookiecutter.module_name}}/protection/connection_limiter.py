"""Sockets of a user, over all workers."""

import asyncio
from importlib.resources import files
from time import monotonic
from typing import NamedTuple
from uuid import uuid4

from redis.commands.core import AsyncScript

from {{cookiecutter.module_name}}.exceptions import (
    ConnectionLimitError,
    UnavailableError,
)
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.protection.fallback import Fallback
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.settings import Settings

# In one command: Redis does nothing else meanwhile.
_BATCH = 200
_RENEWALS_PER_LEASE = 3
# When Redis is back, it may have lost its data.
_RETRY_SECONDS = 1.0


class Place(NamedTuple):
    """Of one socket, among those of the user whose key it is."""

    key: str
    socket: str


class ConnectionLimiter:
    """WS_MAX_CONNECTIONS_PER_USER places, each leased and renewed.

    What a killed worker held is free after WS_CONNECTION_LEASE_SECONDS.
    While Redis does not answer, RATE_LIMIT_FAIL_MODE decides.
    """

    def __init__(
        self,
        redis: RedisGuard,
        settings: Settings,
        metrics: ProtectionMetrics,
    ) -> None:
        self._redis = redis
        self._limit = settings.WS_MAX_CONNECTIONS_PER_USER
        self._lease = settings.WS_CONNECTION_LEASE_SECONDS
        self._prefix = f"{settings.REDIS_PREFIX}sockets:"
        self._hits = metrics.rate_limit_hits.labels("ws_connection")
        self._fallback = Fallback(
            "ws_connection", settings.RATE_LIMIT_FAIL_MODE, metrics
        )
        self._take = self._script("connection_limiter.lua")
        self._renew = self._script("connection_renewal.lua")
        self._held: dict[Place, None] = {}
        # Until when Redis may hold them still.
        self._returned: dict[Place, float] = {}
        self._returning: asyncio.Task[None] | None = None
        # A place given back must not be renewed by a command on its way.
        self._order = asyncio.Lock()

    async def take(self, user_id: str) -> Place:
        """Raises ConnectionLimitError and UnavailableError."""
        place = Place(self._prefix + user_id, uuid4().hex)
        args: list[str | int] = [place.socket, self._limit, self._milliseconds]
        try:
            taken = await self._redis.ask(
                lambda: self._take([place.key], args)
            )
            self._fallback.end()
        except UnavailableError:
            self._do_without(place)
        except BaseException:
            self.give_back(place)
            raise
        else:
            if not taken:
                self._hits.inc()
                raise ConnectionLimitError(self._limit)
        self._held[place] = None
        return place

    def give_back(self, place: Place) -> None:
        """Never waits; Redis is told soon."""
        self._held.pop(place, None)
        self._returned[place] = monotonic() + self._lease
        if self._returning is None or self._returning.done():
            self._returning = asyncio.create_task(self._return())

    async def keep(self) -> None:
        """Renews what is held, for ever."""
        usual = self._lease / _RENEWALS_PER_LEASE
        pause = usual
        while True:
            await asyncio.sleep(pause)
            renewed = await self._renew_all()
            pause = usual if renewed else min(usual, _RETRY_SECONDS)

    async def close(self) -> None:
        """Gives back what is held still."""
        for place in tuple(self._held):
            self.give_back(place)
        if self._returning is not None:
            self._returning.cancel()
            await asyncio.gather(self._returning, return_exceptions=True)
        while (batch := self._oldest()) and await self._removed(batch):
            pass

    async def _renew_all(self) -> bool:
        waiting = list(self._held)
        while waiting:
            async with self._order:
                batch = [p for p in waiting[:_BATCH] if p in self._held]
                del waiting[:_BATCH]
                if batch and not await self._renewed(batch):
                    return False
        return True

    async def _renewed(self, batch: list[Place]) -> bool:
        keys = [place.key for place in batch]
        args: list[str | int] = [
            self._milliseconds,
            *(place.socket for place in batch),
        ]
        try:
            await self._redis.ask(lambda: self._renew(keys, args))
        except UnavailableError:
            return False
        return True

    async def _return(self) -> None:
        while batch := self._oldest():
            if not await self._removed(batch):
                await asyncio.sleep(_RETRY_SECONDS)

    def _oldest(self) -> list[Place]:
        """Of those given back; nobody renews them, so their leases end."""
        now = monotonic()
        self._returned = {
            place: end for place, end in self._returned.items() if now < end
        }
        return list(self._returned)[:_BATCH]

    async def _removed(self, batch: list[Place]) -> bool:
        async with self._order:
            try:
                await self._redis.ask(lambda: self._remove(batch))
            except UnavailableError:
                return False
        for place in batch:
            self._returned.pop(place, None)
        return True

    async def _remove(self, batch: list[Place]) -> None:
        async with self._redis.client.pipeline(transaction=False) as commands:
            for place in batch:
                commands.zrem(place.key, place.socket)
            await commands.execute()

    def _do_without(self, place: Place) -> None:
        """It may be taken nevertheless: only the answer is missing."""
        try:
            self._fallback.use()
        except UnavailableError:
            self.give_back(place)
            raise

    @property
    def _milliseconds(self) -> int:
        return round(self._lease * 1000)

    def _script(self, name: str) -> AsyncScript:
        source = files(__package__).joinpath(name).read_text()
        return self._redis.client.register_script(source)
