"""Logouts as Redis keeps them."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, NamedTuple, cast

from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.settings import Settings


class Changes(NamedTuple):
    """`number` is that of the last logout; in another `epoch` Redis has
    lost its data."""

    epoch: str | None
    number: int


class RevocationStore:
    """A key for each session or user; all raise UnavailableError."""

    def __init__(self, redis: RedisGuard, settings: Settings) -> None:
        self._redis = redis
        self._prefix = (
            f"{settings.REDIS_PREFIX}"
            f"{settings.USER_SESSION_REDIS_KEY_PREFIX}revoked:"
        )
        self._seconds = settings.SESSION_REVOCATION_SECONDS
        self._write = redis.client.register_script(
            files(__package__).joinpath("revocation.lua").read_text()
        )

    def user_key(self, user_id: str) -> str:
        """Its value is the second up to which tokens are over."""
        return f"{self._prefix}sub:{user_id}"

    def session_key(self, session_id: str) -> str:
        """Its presence is what counts."""
        return f"{self._prefix}sid:{session_id}"

    async def write(self, key: str, value: int) -> Changes:
        """Raises the value, never lowers it; returns which change it is."""
        keys = [key, f"{self._prefix}changes"]
        epoch, number = await self._redis.ask(
            lambda: self._write(keys=keys, args=[value, self._seconds])
        )
        return Changes(epoch.decode(), number)

    async def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """One value a key, in one round trip."""
        found: Any = await self._redis.ask(
            lambda: self._redis.client.mget(keys)
        )
        return cast("list[bytes | None]", found)

    async def changes(self) -> Changes:
        """To be compared with those of before."""
        key = f"{self._prefix}changes"
        epoch, number = await self._redis.ask(
            lambda: cast(
                "Any", self._redis.client.hmget(key, ["epoch", "number"])
            )
        )
        return Changes(epoch and epoch.decode(), int(number or 0))
