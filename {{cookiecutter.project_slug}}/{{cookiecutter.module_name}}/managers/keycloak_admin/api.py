"""Keycloak's admin API, with our errors."""

from collections.abc import Awaitable, Coroutine
from functools import partial
from typing import Final
from urllib.parse import quote

from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakError

from {{cookiecutter.module_name}}.exceptions import (
    ConflictError,
    NotFoundError,
    ServiceError,
    ValidationFailedError,
)
from {{cookiecutter.module_name}}.managers.keycloak_admin.connection import (
    AdminConnection,
)
from {{cookiecutter.module_name}}.managers.keycloak_call import (
    ask,
    error_word,
    unexpected,
)
from {{cookiecutter.module_name}}.protection.circuit_breaker import CircuitBreaker
from {{cookiecutter.module_name}}.settings import Settings

NO_USER: Final = "There is no such user."
_NO_REALM: Final = "Realm not found."


class AdminApi:
    """`library` has a method per call; `ask` awaits what it returns, unless
    the `breaker` is open."""

    def __init__(self, settings: Settings, breaker: CircuitBreaker) -> None:
        self.connection = AdminConnection(settings)
        self.library = KeycloakAdmin(connection=self.connection)
        self._breaker = breaker
        self.realm = settings.KEYCLOAK_REALM
        self._timeout = settings.KEYCLOAK_TIMEOUT_SECONDS

    async def ask[T](
        self, call: Awaitable[T], *, missing: str | None = None
    ) -> T:
        """`missing` says what a 404 means; asking inside of it is fine."""
        try:
            return await ask(
                lambda: call,
                breaker=self._breaker,
                seconds=self._timeout,
                refusal=partial(_refusal, missing=missing),
            )
        finally:
            if isinstance(call, Coroutine):
                call.close()

    async def close(self) -> None:
        """Ends the connections."""
        await self.connection.aclose()


def segment(text: str, *, missing: str) -> str:
    """As one segment of a path, where dots would lead elsewhere."""
    if text in {"", ".", ".."}:
        raise NotFoundError(missing)
    return quote(text, safe="")


def _refusal(error: KeycloakError, *, missing: str | None) -> ServiceError:
    """What is not the caller's fault is ours: a role that the service's
    account lacks, a realm that is not there."""
    word = error_word(error)
    match error.response_code:
        case 404 if missing is not None and word != _NO_REALM:
            return NotFoundError(missing)
        case 409:
            return ConflictError(f"Keycloak refuses: {word}.")
        case 400:
            return ValidationFailedError(f"Keycloak refuses: {word}.")
    return unexpected(status=error.response_code, error=word)
