"""Sliding windows in Redis, exact over all workers."""

import os
from collections.abc import Sequence
from importlib.resources import files
from itertools import batched, count
from typing import NamedTuple

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

_MICROSECONDS = 1_000_000


class LimitCheck(NamedTuple):
    """One window that a request has to fit into.

    `limit`, or the setting of that name, and `burst` on top of it, in any
    `window_seconds`; refusals are counted as `kind`. With `fail_open` it
    refuses nobody while Redis does not answer.
    """

    key: str
    limit: int | str
    window_seconds: float = 60
    burst: int = 0
    kind: str = "other"
    fail_open: bool = False


class Verdict(NamedTuple):
    """Of one window; times in seconds.

    `limit` includes the burst. The window is empty after `reset`, and one
    more request fits after `retry_after`.
    """

    is_allowed: bool
    limit: int
    remaining: int
    reset: float
    retry_after: float
    kind: str


class Checked(NamedTuple):
    """`verdicts` in the order of the checks, `values` in that of the keys.

    Without verdicts nothing is limited; None as values means that Redis did
    not answer.
    """

    verdicts: tuple[Verdict, ...] = ()
    values: tuple[bytes | None, ...] | None = ()

    @property
    def tightest(self) -> Verdict | None:
        """What the client has to heed; None where nothing is limited."""
        if len(self.verdicts) < 2:
            return self.verdicts[0] if self.verdicts else None
        return min(self.verdicts, key=lambda v: (-v.retry_after, v.remaining))

    @property
    def refusal(self) -> RateLimitedError | None:
        """What to raise or send; None where all windows had room."""
        verdict = self.tightest
        if verdict is None or verdict.is_allowed:
            return None
        seconds = verdict.retry_after
        return RateLimitedError(
            f"Too many requests; the next one fits in {seconds:.3g} s.",
            retry_after=seconds,
        )


class RateLimiter:
    """Counts what was let through in any window up to now.

    The time is Redis' own. What is refused is not counted. While Redis does
    not answer, RATE_LIMIT_FAIL_MODE decides.
    """

    def __init__(
        self,
        redis: RedisGuard,
        settings: Settings,
        metrics: ProtectionMetrics,
    ) -> None:
        self._redis = redis
        self._settings = settings
        self._enabled = settings.RATE_LIMIT_ENABLED
        self._prefix = f"{settings.REDIS_PREFIX}limit:"
        self._hits = metrics.rate_limit_hits
        self._fallback = Fallback(
            "rate_limit", settings.RATE_LIMIT_FAIL_MODE, metrics
        )
        source = files(__package__).joinpath("rate_limit.lua").read_text()
        self._script = redis.client.register_script(source)
        # Nobody else's, and not of the client's choice.
        self._member = os.urandom(6).hex()
        self._numbers = count()

    async def check_rate_limit(
        self,
        key: str,
        limit: int,
        window_seconds: float = 60,
        burst: int = 0,
    ) -> tuple[bool, int]:
        """Whether one more is let through, and how many may follow.

        Raises UnavailableError.
        """
        checked = await self.check(
            [LimitCheck(key, limit, window_seconds, burst)]
        )
        verdict = checked.tightest
        if verdict is None:
            return True, limit + burst
        return verdict.is_allowed, verdict.remaining

    async def check(
        self,
        checks: Sequence[LimitCheck],
        read: Sequence[str] = (),
        *,
        member: str | None = None,
    ) -> Checked:
        """All windows and the values of the keys `read`, in one round trip.

        The request counts in every window or in none. `member` is the same
        only for a request that is asked about again. Raises UnavailableError.
        """
        checks = checks if self._enabled else ()
        if not checks and not read:
            return Checked()
        keys = [*(self._prefix + check.key for check in checks), *read]
        args = [member or f"{self._member}{next(self._numbers):x}"]
        capacities = [self._capacity(check) for check in checks]
        for check, capacity in zip(checks, capacities, strict=True):
            span = round(check.window_seconds * _MICROSECONDS)
            args += (str(capacity), str(span))
        try:
            reply = await self._redis.ask(lambda: self._script(keys, args))
        except UnavailableError:
            self._do_without(checks)
            return Checked((), None)
        self._fallback.end()
        size = 4 * len(checks)
        told = batched(reply[:size], 4, strict=True)
        checked = Checked(
            tuple(map(_verdict, checks, capacities, told)),
            tuple(reply[size:]),
        )
        verdict = checked.tightest
        if verdict is not None and not verdict.is_allowed:
            self._hits.labels(verdict.kind).inc()
        return checked

    def _do_without(self, checks: Sequence[LimitCheck]) -> None:
        if not checks:
            return
        try:
            self._fallback.use()
        except UnavailableError:
            if not all(check.fail_open for check in checks):
                raise

    def _capacity(self, check: LimitCheck) -> int:
        limit = check.limit
        if isinstance(limit, str):
            limit = int(getattr(self._settings, limit))
        return limit + check.burst


def _verdict(
    check: LimitCheck, capacity: int, told: tuple[int, ...]
) -> Verdict:
    fits, remaining, reset, wait = told
    return Verdict(
        bool(fits),
        capacity,
        remaining,
        reset / _MICROSECONDS,
        wait / _MICROSECONDS,
        check.kind,
    )
