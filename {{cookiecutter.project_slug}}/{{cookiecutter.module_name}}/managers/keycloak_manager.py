"""Logins and sessions, asked of Keycloak through python-keycloak."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from keycloak import KeycloakOpenID
from keycloak.exceptions import (
    KeycloakError,
    KeycloakGetError,
    raise_error_from_response,
)
from pydantic import TypeAdapter

from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    ServiceError,
)
from {{cookiecutter.module_name}}.managers.keycloak_admin import RealmAdmin
from {{cookiecutter.module_name}}.managers.keycloak_call import (
    ask,
    error_word,
    keycloak_breaker,
    parsed,
    unexpected,
)
from {{cookiecutter.module_name}}.managers.keycloak_session import session_of
from {{cookiecutter.module_name}}.protection.circuit_breaker import CircuitBreaker
from {{cookiecutter.module_name}}.schemas.auth import TokenPair
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.types import SessionId

_TOKEN_PAIR: Final = TypeAdapter(TokenPair)


class KeycloakManager:
    """What the service asks Keycloak to do; every call is bounded in time,
    and none is made while the `breaker` knows that Keycloak is down.

    Only python-keycloak's `a_` methods are used: they run on httpx, the
    others block.
    """

    def __init__(
        self, settings: Settings, breaker: CircuitBreaker | None = None
    ) -> None:
        secret = settings.KEYCLOAK_CLIENT_SECRET
        self._settings = settings
        self._breaker = breaker or keycloak_breaker()
        self._admin: RealmAdmin | None = None
        self._client = KeycloakOpenID(
            server_url=settings.KEYCLOAK_BASE_URL.rstrip("/") + "/",
            realm_name=settings.KEYCLOAK_REALM,
            client_id=settings.KEYCLOAK_CLIENT_ID,
            client_secret_key=secret.get_secret_value() if secret else None,
            timeout=settings.KEYCLOAK_TIMEOUT_SECONDS,  # type: ignore[arg-type]
        )

    @property
    def admin(self) -> RealmAdmin:
        """Users, roles and sessions; who never asks never logs in."""
        if self._admin is None:
            self._admin = RealmAdmin(self._settings, self._breaker)
        return self._admin

    async def login_async(self, username: str, password: str) -> TokenPair:
        """Raises AuthenticationError for wrong credentials."""
        return await self._pair(
            lambda: self._client.a_token(username=username, password=password)
        )

    async def refresh_async(self, refresh_token: str) -> TokenPair:
        """Raises AuthenticationError for a token that is spent or over."""
        return await self._pair(
            lambda: self._client.a_refresh_token(refresh_token)
        )

    async def logout_async(self, refresh_token: str) -> SessionId | None:
        """Ends the session, and returns it for its access tokens' sake.

        Raises AuthenticationError for a token that Keycloak did not sign:
        nobody ends a session by naming it.
        """
        await self._ask(lambda: self._client.a_logout(refresh_token))
        return session_of(refresh_token)

    async def ping(self) -> None:
        """Raises UnavailableError unless the realm answers."""
        await self._ask(self._get_realm)

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.connection.aclose()
        if self._admin is not None:
            await self._admin.close()

    async def _get_realm(self) -> None:
        path = f"realms/{self._settings.KEYCLOAK_REALM}"
        reply = await self._client.connection.a_raw_get(path)
        raise_error_from_response(reply, KeycloakGetError, [200])

    async def _pair(self, call: Callable[[], Awaitable[Any]]) -> TokenPair:
        async def read() -> TokenPair:
            return parsed(_TOKEN_PAIR, await call())

        return await self._ask(read)

    async def _ask[T](self, work: Callable[[], Awaitable[T]]) -> T:
        return await ask(
            work,
            breaker=self._breaker,
            seconds=self._settings.KEYCLOAK_TIMEOUT_SECONDS,
            refusal=_refusal,
        )


def _refusal(error: KeycloakError) -> ServiceError:
    """Only `invalid_grant` is the user's fault; the rest is ours."""
    word = error_word(error)
    if error.response_code in (400, 401) and word == "invalid_grant":
        return AuthenticationError(
            "invalid_credentials", "Keycloak refuses these credentials."
        )
    return unexpected(status=error.response_code, error=word)
