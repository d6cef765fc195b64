"""The login with which the service administers its realm."""

import asyncio
from typing import Any, override

import stamina
from keycloak import ConnectionManager, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakConnectionError, KeycloakError

from {{cookiecutter.module_name}}.managers.keycloak_call import (
    error_word,
    failed,
    unexpected,
)
from {{cookiecutter.module_name}}.settings import Settings


class _PatientReads(ConnectionManager):
    """Tries reads again where the connection fails; `ask` bounds the time.

    Below the login: that is not repeated, and neither is a change.
    """

    @override
    @stamina.retry(
        on=KeycloakConnectionError, attempts=3, timeout=None, wait_max=0.5
    )
    async def a_raw_get(self, path: str, **kwargs: Any) -> Any:
        return await super().a_raw_get(path, **kwargs)


class AdminConnection(KeycloakOpenIDConnection, _PatientReads):
    """Logs in at the first call and renews its token by itself.

    As a service account when the settings name one, else by password.
    python-keycloak alone would log in once for each call that waits, and
    would hold on to a refresh token that Keycloak does not know any more.
    """

    def __init__(self, settings: Settings) -> None:
        client_id = settings.KEYCLOAK_ADMIN_CLIENT_ID
        secret = settings.KEYCLOAK_ADMIN_CLIENT_SECRET
        password = settings.KEYCLOAK_ADMIN_PASSWORD.get_secret_value()
        super().__init__(
            server_url=settings.KEYCLOAK_BASE_URL.rstrip("/") + "/",
            realm_name=settings.KEYCLOAK_REALM,
            user_realm_name=settings.keycloak_admin_realm,
            client_id=client_id or "admin-cli",
            client_secret_key=secret.get_secret_value() if secret else None,
            username=None if client_id else settings.KEYCLOAK_ADMIN_USERNAME,
            password=None if client_id else password,
            timeout=settings.KEYCLOAK_TIMEOUT_SECONDS,  # type: ignore[arg-type]
        )
        self._renewal = asyncio.Lock()

    @override
    async def a_refresh_token(self) -> None:
        """One at a time; who waited takes what the other one got."""
        known = self.token
        async with self._renewal:
            if self.token is known:
                await self._renew()

    @override
    async def a_get_token(self) -> None:
        """Raises UnavailableError when the login is refused: that is not
        the fault of whoever asked, and Keycloak is there."""
        try:
            await super().a_get_token()
        except KeycloakConnectionError:
            raise
        except KeycloakError as error:
            if failed(error):
                raise
            raise unexpected(
                status=error.response_code,
                error=error_word(error),
                during="the service's own login as administrator",
            ) from error

    async def _renew(self) -> None:
        try:
            await super().a_refresh_token()
        except KeycloakConnectionError:
            raise
        except KeycloakError:
            await self.a_get_token()

    @override
    async def aclose(self) -> None:
        """Ends the connections, those for tokens included."""
        await super().aclose()
        if self._keycloak_openid is not None:
            await self._keycloak_openid.connection.aclose()
