"""Sessions and users that were logged out."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from itertools import batched, chain
from typing import Any, Final

import structlog

from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    UnavailableError,
)
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.protection.fallback import Fallback
from {{cookiecutter.module_name}}.protection.held_revocations import (
    HeldRevocations,
)
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.protection.revocation_store import (
    Changes,
    RevocationStore,
)
from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.settings import Settings

logger = structlog.get_logger(__name__)

REVOCATIONS_CHANNEL: Final = "revocations"
# Of sockets looked up in one round trip.
_BATCH = 250


class Revocations:
    """Sessions and users that were logged out.

    Who has a round trip of their own reads `keys` in it and lets `judge`
    see the values, in that order; `check` does both. When the values could
    not be read, `unreadable` decides. All of them raise.
    """

    def __init__(
        self,
        redis: RedisGuard,
        settings: Settings,
        metrics: ProtectionMetrics,
        bus: Bus,
    ) -> None:
        # Set when this process hears of a logout.
        self.news = asyncio.Event()
        self._bus = bus
        # Of the data that Redis had when something was written, and which
        # of its changes were heard of lately.
        self._epoch: str | None = None
        self._heard: set[int] = set()
        self._enabled = settings.SESSION_CHECK_ENABLED
        self._store = RevocationStore(redis, settings)
        self._held = HeldRevocations(settings.SESSION_REVOCATION_SECONDS)
        self._fallback = Fallback(
            "session", settings.session_check_fail_mode, metrics
        )
        self._unwritten = Fallback("logout", "held", metrics)
        self._metrics = metrics

    def keys(self, user: UserModel) -> tuple[str, ...]:
        """What to read of Redis; nothing when logouts are not looked up."""
        if not self._enabled:
            return ()
        mine = self._store.user_key(user.id)
        if user.session_id is None:
            return (mine,)
        return mine, self._store.session_key(user.session_id)

    def judge(self, user: UserModel, values: Sequence[bytes | None]) -> None:
        """Raises AuthenticationError `token_revoked`."""
        if values:
            self._fallback.end()
        if _over(user, values) or self.known(user):
            raise AuthenticationError(
                "token_revoked", "The session was logged out."
            )

    async def check(self, user: UserModel) -> None:
        """One round trip; raises also UnavailableError, as `unreadable`."""
        keys = self.keys(user)
        if not keys:
            return
        try:
            values = await self._store.read(keys)
        except UnavailableError:
            self.unreadable(user)
        else:
            self.judge(user, values)

    def unreadable(self, user: UserModel) -> None:
        """What is known here holds; the rest is up to the fail mode."""
        if self._enabled:
            self.judge(user, ())
            self._fallback.use()

    async def revoke(
        self,
        *,
        session_id: str | None = None,
        user_id: str | None = None,
        before: float | None = None,
        source: str,
    ) -> None:
        """Ends a session, or a user's tokens issued until `before` (now).

        Holds in this process at once. While Redis is down it waits here, and
        is written by `flush`.
        """
        if session_id is not None:
            key, value = self._store.session_key(session_id), 1
        elif user_id is not None:
            moment = time.time() if before is None else before
            key, value = self._store.user_key(user_id), int(moment)
        else:
            raise ValueError("Name a session_id or a user_id.")
        if not self._enabled:
            return
        self._metrics.revocations.labels(source).inc()
        self._held.put(key, value, waiting=True)
        self.news.set()
        try:
            await self._write(key)
        except UnavailableError:
            self._unwritten.use()

    async def flush(self) -> None:
        """Writes what waits; raises UnavailableError."""
        for key in self._held.waiting:
            await self._write(key)

    async def close(self) -> None:
        """A last try to write what waits."""
        try:
            await self.flush()
        except UnavailableError:
            logger.error(
                "Logouts are lost: Redis did not come back",
                logouts=self._held.waiting,
            )

    async def hear(self, message: Any) -> None:
        """Of another worker, by the bus."""
        self._held.put(message["key"], message["value"], waiting=False)
        self._notice(message["epoch"])
        self._heard.add(message["number"])
        self.news.set()

    async def changes(self) -> Changes:
        """Differ when something was revoked; raises UnavailableError."""
        changes = await self._store.changes()
        self._notice(changes.epoch)
        return changes

    def heard_of_all(self, seen: Changes, now: Changes) -> bool:
        """Whether `known` knows all changes in between; forgets them."""
        numbers = range(seen.number + 1, now.number + 1)
        complete = seen.epoch == now.epoch and self._heard.issuperset(numbers)
        self._heard = {n for n in self._heard if n > now.number}
        return complete

    def known(self, user: UserModel) -> bool:
        """Whether this process knows that the user's token is over."""
        if not self._held:
            return False
        return _over(user, [self._held.get(key) for key in self.keys(user)])

    async def among(self, users: Iterable[UserModel]) -> list[UserModel]:
        """Those whose tokens are over; raises UnavailableError."""
        found: list[UserModel] = []
        for some in batched(users, _BATCH, strict=False):
            keys = [self.keys(user) for user in some]
            values = iter(await self._store.read(list(chain(*keys))))
            for user, mine in zip(some, keys, strict=True):
                read = [next(values) for _ in mine]
                if _over(user, read) or self.known(user):
                    found.append(user)
        return found

    async def _write(self, key: str) -> None:
        value = self._held.get(key)
        if value is None:
            return
        change = await self._store.write(key, value)
        self._notice(change.epoch)
        self._held.written(key, value)
        self._unwritten.end()
        try:
            await self._bus.publish(
                REVOCATIONS_CHANNEL,
                {"key": key, "value": value, **change._asdict()},
            )
        except UnavailableError:
            # A hint only: the others find it in Redis.
            logger.debug("A logout was not announced", key=key)

    def _notice(self, epoch: str | None) -> None:
        """In another epoch what is known here has to be written again."""
        if self._epoch not in (None, epoch):
            self._held.write_again()
            self._heard.clear()
            logger.warning(
                "Redis has lost logouts; those known here go back",
                logouts=len(self._held),
            )
        self._epoch = epoch


def _over(user: UserModel, values: Sequence[bytes | int | None]) -> bool:
    """Of `keys`: the second up to which the user's tokens are over, and
    something for the session."""
    if len(values) > 1 and values[1] is not None:
        return True
    until = values[0] if values else None
    return until is not None and user.issued_at.timestamp() <= int(until)
