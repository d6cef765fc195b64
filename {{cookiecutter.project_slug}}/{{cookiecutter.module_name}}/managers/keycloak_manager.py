"""Logins and sessions, asked of Keycloak through python-keycloak."""

from collections.abc import Awaitable
from typing import Any, Final

from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakError
from pydantic import TypeAdapter

from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    ServiceError,
)
from {{cookiecutter.module_name}}.managers.keycloak_admin import RealmAdmin
from {{cookiecutter.module_name}}.managers.keycloak_call import (
    ask,
    error_word,
    parsed,
    unexpected,
)
from {{cookiecutter.module_name}}.schemas.auth import TokenPair
from {{cookiecutter.module_name}}.settings import Settings

_TOKEN_PAIR: Final = TypeAdapter(TokenPair)


class KeycloakManager:
    """What the service asks Keycloak to do; every call is bounded in time.

    Only python-keycloak's `a_` methods are used: they run on httpx, the
    others block.
    """

    def __init__(self, settings: Settings) -> None:
        secret = settings.KEYCLOAK_CLIENT_SECRET
        self._settings = settings
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
            self._admin = RealmAdmin(self._settings)
        return self._admin

    async def login_async(self, username: str, password: str) -> TokenPair:
        """Raises AuthenticationError for wrong credentials."""
        answer: Any = await self._ask(
            self._client.a_token(username=username, password=password)
        )
        return parsed(_TOKEN_PAIR, answer)

    async def refresh_async(self, refresh_token: str) -> TokenPair:
        """Raises AuthenticationError for a token that is spent or over."""
        answer = await self._ask(self._client.a_refresh_token(refresh_token))
        return parsed(_TOKEN_PAIR, answer)

    async def logout_async(self, refresh_token: str) -> None:
        """Ends the session; its access tokens live on until they expire."""
        await self._ask(self._client.a_logout(refresh_token))

    async def ping(self) -> None:
        """Raises UnavailableError unless the realm answers."""
        path = f"realms/{self._settings.KEYCLOAK_REALM}"
        reply = await self._ask(self._client.connection.a_raw_get(path))
        if reply.status_code != 200:
            raise unexpected(status=reply.status_code)

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.connection.aclose()
        if self._admin is not None:
            await self._admin.close()

    async def _ask[T](self, call: Awaitable[T]) -> T:
        seconds = self._settings.KEYCLOAK_TIMEOUT_SECONDS
        return await ask(call, seconds=seconds, refusal=_refusal)


def _refusal(error: KeycloakError) -> ServiceError:
    """Only `invalid_grant` is the user's fault; the rest is ours."""
    word = error_word(error)
    if error.response_code in (400, 401) and word == "invalid_grant":
        return AuthenticationError(
            "invalid_credentials", "Keycloak refuses these credentials."
        )
    return unexpected(status=error.response_code, error=word)
