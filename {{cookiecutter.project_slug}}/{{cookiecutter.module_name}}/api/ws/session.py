"""Who is at the other end of a socket, and until when."""

import asyncio
import time
from collections.abc import Callable

from {{cookiecutter.module_name}}.exceptions import AuthenticationError
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.settings import Settings

type Alarm = Callable[[], None]


class Session:
    """A login with an end.

    Once it is started, `missing` is called when no login comes in time;
    after one, `expiring` and `expired` when the token ends.
    """

    __slots__ = (
        "_expired",
        "_expiring",
        "_missing",
        "_settings",
        "_timers",
        "user",
    )

    def __init__(
        self,
        settings: Settings,
        *,
        expiring: Alarm,
        expired: Alarm,
        missing: Alarm,
    ) -> None:
        self.user: UserModel | None = None
        self._settings = settings
        self._expiring = expiring
        self._expired = expired
        self._missing = missing
        self._timers: tuple[asyncio.TimerHandle, ...] = ()

    def start(self) -> None:
        """Sets the alarm for a login that does not come."""
        if self.user is None and not self._settings.WS_ALLOW_ANONYMOUS:
            timeout = self._settings.WS_AUTH_TIMEOUT
            loop = asyncio.get_running_loop()
            self._timers = (loop.call_later(timeout, self._missing),)

    def require_same(self, user: UserModel) -> None:
        """Raises AuthenticationError for another user than before."""
        if self.user is not None and self.user.id != user.id:
            raise AuthenticationError(
                "invalid_credentials", "The token is of another user."
            )

    def log_in(self, user: UserModel) -> None:
        """Begins or renews."""
        self.user = user
        self._watch(user)

    def end(self) -> None:
        """No alarm goes off any more."""
        for timer in self._timers:
            timer.cancel()
        self._timers = ()

    def _watch(self, user: UserModel) -> None:
        self.end()
        # As long as the verifier would take the token.
        skew = self._settings.TOKEN_CLOCK_SKEW_SECONDS
        left = user.expires_at.timestamp() + skew - time.time()
        notice = left - self._settings.WS_TOKEN_EXPIRY_NOTICE
        loop = asyncio.get_running_loop()
        self._timers = (
            loop.call_later(notice, self._expiring),
            loop.call_later(left, self._expired),
        )
