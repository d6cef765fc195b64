"""Logins and sessions, asked of Keycloak through python-keycloak."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import orjson
import structlog
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakConnectionError, KeycloakError
from pydantic import ValidationError

from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    UnavailableError,
)
from {{cookiecutter.module_name}}.schemas.auth import TokenPair
from {{cookiecutter.module_name}}.settings import Settings

logger = structlog.get_logger(__name__)

_SILENT = "Keycloak does not answer."
_UNEXPECTED = "Keycloak gave an unexpected answer."


class KeycloakManager:
    """What the service asks Keycloak to do; every call is bounded in time.

    Only python-keycloak's `a_` methods are used: they run on httpx, the
    others block.
    """

    def __init__(self, settings: Settings) -> None:
        secret = settings.KEYCLOAK_CLIENT_SECRET
        self._timeout = settings.KEYCLOAK_TIMEOUT_SECONDS
        self._realm = settings.KEYCLOAK_REALM
        self._client = KeycloakOpenID(
            server_url=settings.KEYCLOAK_BASE_URL.rstrip("/") + "/",
            realm_name=settings.KEYCLOAK_REALM,
            client_id=settings.KEYCLOAK_CLIENT_ID,
            client_secret_key=secret.get_secret_value() if secret else None,
            timeout=self._timeout,  # type: ignore[arg-type]
        )

    async def login_async(self, username: str, password: str) -> TokenPair:
        """Raises AuthenticationError for wrong credentials."""
        return _token_pair(
            await self._ask(
                self._client.a_token(username=username, password=password)
            )
        )

    async def refresh_async(self, refresh_token: str) -> TokenPair:
        """Raises AuthenticationError for a token that is spent or over."""
        return _token_pair(
            await self._ask(self._client.a_refresh_token(refresh_token))
        )

    async def logout_async(self, refresh_token: str) -> None:
        """Ends the session; its access tokens live on until they expire."""
        await self._ask(self._client.a_logout(refresh_token))

    async def ping(self) -> None:
        """Raises UnavailableError unless the realm answers."""
        path = f"realms/{self._realm}"
        reply = await self._ask(self._client.connection.a_raw_get(path))
        if reply.status_code != 200:
            raise UnavailableError(_UNEXPECTED)

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.connection.aclose()

    async def _ask[T](self, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._timeout):
                return await call
        except (KeycloakConnectionError, TimeoutError) as error:
            logger.warning(_SILENT, reason=repr(error.__cause__ or error))
            raise UnavailableError(_SILENT) from error
        except KeycloakError as error:
            raise _refusal(error) from error
        except (TypeError, KeyError) as error:
            # What python-keycloak makes of a reply that is no JSON object.
            raise UnavailableError(_UNEXPECTED) from error


def _refusal(error: KeycloakError) -> AuthenticationError | UnavailableError:
    """Only `invalid_grant` is the user's fault; the rest is ours."""
    status = error.response_code
    word = _error_word(error.response_body)
    if status in (400, 401) and word == "invalid_grant":
        return AuthenticationError(
            "invalid_credentials", "Keycloak refuses these credentials."
        )
    logger.error("Keycloak refuses this service", status=status, error=word)
    return UnavailableError(_UNEXPECTED)


def _error_word(body: bytes | None) -> str | None:
    try:
        document = orjson.loads(body or b"")
    except ValueError:
        return None
    return document.get("error") if isinstance(document, dict) else None


def _token_pair(answer: dict[str, Any]) -> TokenPair:
    try:
        return TokenPair.model_validate(answer)
    except ValidationError as error:
        # Not chained: the error's text would hold tokens.
        logger.error(_UNEXPECTED, problems=error.error_count())
        raise UnavailableError(_UNEXPECTED) from None
