"""Sessions of the realm: logins that last."""

from typing import Any, Final

from keycloak.exceptions import KeycloakDeleteError, raise_error_from_response
from pydantic import TypeAdapter

from {{cookiecutter.module_name}}.managers.keycloak_admin.api import (
    NO_USER,
    AdminApi,
    segment,
)
from {{cookiecutter.module_name}}.managers.keycloak_call import parsed
from {{cookiecutter.module_name}}.schemas.keycloak import KeycloakSession

_SESSIONS: Final = TypeAdapter(list[KeycloakSession])
_NO_SESSION: Final = "There is no such session."


class Sessions:
    """Ids are the `sid` of the tokens.

    Who is logged out cannot renew; access tokens live on until they expire.
    """

    def __init__(self, api: AdminApi) -> None:
        self._api = api

    async def of_user(self, user_id: str) -> list[KeycloakSession]:
        """Those that last, without offline ones."""
        user = segment(user_id, missing=NO_USER)
        call = self._api.library.a_get_sessions(user)
        return parsed(_SESSIONS, await self._api.ask(call, missing=NO_USER))

    async def log_out_user(self, user_id: str) -> None:
        """Ends all sessions of the user."""
        user = segment(user_id, missing=NO_USER)
        call = self._api.library.a_user_logout(user)
        await self._api.ask(call, missing=NO_USER)

    async def log_out(self, session_id: str) -> None:
        """Ends that session."""
        session = segment(session_id, missing=_NO_SESSION)
        await self._api.ask(self._delete(session), missing=_NO_SESSION)

    async def _delete(self, session: str) -> Any:
        """What python-keycloak has no method for."""
        path = f"admin/realms/{self._api.realm}/sessions/{session}"
        reply = await self._api.connection.a_raw_delete(path)
        return raise_error_from_response(reply, KeycloakDeleteError)
