"""What the client of one socket may still send."""

from time import monotonic

from {{cookiecutter.module_name}}.constants import (
    WS_MESSAGE_RATE_LIMIT_STRIKES,
)
from {{cookiecutter.module_name}}.exceptions import RateLimitedError, ServiceError
from {{cookiecutter.module_name}}.protection.client_address import address_key
from {{cookiecutter.module_name}}.protection.message_limiter import MessageLimiter

_STRIKES_SECONDS = 60.0


class Quota:
    """Messages of every kind count, for the user or else the address.

    Who has to log in and has not yet is not asked about.
    """

    __slots__ = ("_limiter", "_payer", "_since", "_strikes")

    def __init__(self, limiter: MessageLimiter, address: str) -> None:
        self._limiter = limiter
        self._payer = f"address:{address_key(address)}"
        self._strikes = 0
        self._since = 0.0

    def log_in(self, user_id: str) -> None:
        """From now on the user's messages count, on all sockets together."""
        self._payer = f"user:{user_id}"

    def spend(self) -> bool:
        """Whether the message may pass; never waits, and may be wrong."""
        return self._limiter.take(self._payer)

    async def ask(self) -> ServiceError | None:
        """After `spend` said no; returns why the message may not pass."""
        try:
            await self._limiter.ask(self._payer)
        except RateLimitedError as error:
            self._strike()
            return error
        except ServiceError as error:
            return error
        return None

    @property
    def abused(self) -> bool:
        """Whether the client goes on in spite of refusals."""
        return self._strikes > WS_MESSAGE_RATE_LIMIT_STRIKES

    def _strike(self) -> None:
        now = monotonic()
        if now - self._since >= _STRIKES_SECONDS:
            self._since = now
            self._strikes = 0
        self._strikes += 1
