"""Messages of a user by the minute, over all workers."""

import asyncio
from importlib.resources import files
from time import monotonic

from {{cookiecutter.module_name}}.exceptions import (
    RateLimitedError,
    UnavailableError,
)
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.protection.fallback import Fallback
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.settings import Settings

# Of the limit, so that most messages need no round trip.
_LEASES_PER_MINUTE = 10


class Lease:
    """Permits until a moment of the monotonic clock.

    `spent` means that Redis has no more of them until then.
    """

    __slots__ = ("ends", "left", "spent")

    def __init__(self, left: int, ends: float) -> None:
        self.left = left
        self.ends = ends
        self.spent = left == 0


class MessageLimiter:
    """WS_MESSAGE_RATE_LIMIT in each minute of Redis' clock, never more.

    A worker leases a tenth of it at a time, which is debited at once and
    void at the minute's end; all sockets of a payer draw on one lease. While
    Redis does not answer, RATE_LIMIT_FAIL_MODE decides.
    """

    def __init__(
        self,
        redis: RedisGuard,
        settings: Settings,
        metrics: ProtectionMetrics,
    ) -> None:
        self._redis = redis
        self._enabled = settings.RATE_LIMIT_ENABLED
        self._limit = settings.WS_MESSAGE_RATE_LIMIT
        self._prefix = f"{settings.REDIS_PREFIX}limit:ws_message:"
        self._hits = metrics.rate_limit_hits.labels("ws_message")
        self._fallback = Fallback(
            "ws_message", settings.RATE_LIMIT_FAIL_MODE, metrics
        )
        source = files(__package__).joinpath("message_limiter.lua").read_text()
        self._script = redis.client.register_script(source)
        self._leases: dict[str, Lease] = {}
        self._minute_ends = 0.0
        self._asking: dict[str, asyncio.Task[bool]] = {}

    def take(self, payer: str) -> bool:
        """Spends a permit that is at hand; never waits."""
        lease = self._leases.get(payer)
        if lease is not None and lease.left and monotonic() < lease.ends:
            lease.left -= 1
            return True
        return not self._enabled

    async def ask(self, payer: str) -> None:
        """Spends a permit, of a new lease where needed.

        Raises RateLimitedError and UnavailableError.
        """
        while not self.take(payer):
            lease = self._leases.get(payer)
            wait = lease.ends - monotonic() if lease is not None else 0.0
            if lease is not None and lease.spent and wait > 0:
                self._hits.inc()
                raise RateLimitedError(
                    f"More than {self._limit} messages in this minute.",
                    retry_after=wait,
                )
            if not await self._leased(payer):
                self._fallback.use()
                return

    async def _leased(self, payer: str) -> bool:
        """Whether Redis answered; who asks at the same time shares it."""
        task = self._asking.get(payer)
        if task is None:
            task = asyncio.create_task(self._lease(payer))
            self._asking[payer] = task
        return await asyncio.shield(task)

    async def _lease(self, payer: str) -> bool:
        wanted = max(1, self._limit // _LEASES_PER_MINUTE)
        keys, args = [self._prefix + payer], [self._limit, wanted]
        asked = monotonic()
        try:
            granted, left = await self._redis.ask(
                lambda: self._script(keys, args)
            )
        except UnavailableError:
            return False
        finally:
            # Not in a callback of the task, which comes later: who asked
            # meanwhile would be answered by the old lease again and again.
            del self._asking[payer]
        self._fallback.end()
        # The minute ends no earlier than if the script had run when it was
        # asked for, and no later than if it had run just now.
        since = asked if granted else monotonic()
        self._forget_old()
        self._leases[payer] = Lease(granted, since + left / 1000)
        self._minute_ends = since + left / 1000
        return True

    def _forget_old(self) -> None:
        """All leases end together: what is old goes once a minute."""
        now = monotonic()
        if now >= self._minute_ends:
            self._leases = {
                payer: lease
                for payer, lease in self._leases.items()
                if now < lease.ends
            }
