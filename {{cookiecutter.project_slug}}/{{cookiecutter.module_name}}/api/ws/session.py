"""Who is at the other end of a socket, and until when."""

import asyncio
import time
from collections.abc import Callable

from {{cookiecutter.module_name}}.exceptions import AuthenticationError
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.settings import Settings


class Session:
    """A login with an end; `expiring` and `expired` are called in time."""

    __slots__ = (
        "_expired",
        "_expiring",
        "_notice",
        "_skew",
        "_timers",
        "user",
    )

    def __init__(
        self,
        settings: Settings,
        *,
        expiring: Callable[[], None],
        expired: Callable[[], None],
    ) -> None:
        self.user: UserModel | None = None
        self._notice = settings.WS_TOKEN_EXPIRY_NOTICE
        self._skew = settings.TOKEN_CLOCK_SKEW_SECONDS
        self._expiring = expiring
        self._expired = expired
        self._timers: tuple[asyncio.TimerHandle, ...] = ()

    def log_in(self, user: UserModel) -> None:
        """Begins or renews; raises AuthenticationError for another user."""
        if self.user is not None and self.user.id != user.id:
            raise AuthenticationError(
                "invalid_credentials", "The token is of another user."
            )
        self.end()
        self.user = user
        # As long as the verifier would take the token.
        left = user.expires_at.timestamp() + self._skew - time.time()
        loop = asyncio.get_running_loop()
        self._timers = (
            loop.call_later(left - self._notice, self._expiring),
            loop.call_later(left, self._expired),
        )

    def end(self) -> None:
        """Nothing is called any more."""
        for timer in self._timers:
            timer.cancel()
        self._timers = ()
