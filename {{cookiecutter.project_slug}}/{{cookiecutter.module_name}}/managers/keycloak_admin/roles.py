"""Roles of the realm and of its clients, and who has them."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from pydantic import TypeAdapter

from {{cookiecutter.module_name}}.exceptions import NotFoundError
from {{cookiecutter.module_name}}.managers.keycloak_admin.api import (
    NO_USER,
    AdminApi,
    segment,
)
from {{cookiecutter.module_name}}.managers.keycloak_call import parsed
from {{cookiecutter.module_name}}.schemas.keycloak import KeycloakRole

_ROLES: Final = TypeAdapter(list[KeycloakRole])

type _Change = Callable[[str, list[Any]], Awaitable[Any]]


class Roles:
    """Those of a client are read where a `client_id` is given, such as
    KEYCLOAK_CLIENT_ID; else those of the realm."""

    def __init__(self, api: AdminApi) -> None:
        self._api = api

    async def all(self, *, client_id: str | None = None) -> list[KeycloakRole]:
        """Keycloak's own included."""
        call = self._all(client_id)
        return parsed(_ROLES, await self._api.ask(call))

    async def of_user(
        self,
        user_id: str,
        *,
        client_id: str | None = None,
        effective: bool = False,
    ) -> list[KeycloakRole]:
        """Those granted; `effective` ones include what comes with others
        and with groups, as in the user's tokens."""
        user = segment(user_id, missing=NO_USER)
        call = self._of_user(user, client_id, effective)
        return parsed(_ROLES, await self._api.ask(call, missing=NO_USER))

    async def grant(self, user_id: str, *names: str) -> None:
        """Of the realm, all or none; tokens have them when renewed."""
        change = self._api.library.a_assign_realm_roles
        await self._api.ask(self._change(change, user_id, names))

    async def revoke(self, user_id: str, *names: str) -> None:
        """Of the realm, all or none; tokens lack them when renewed."""
        change = self._api.library.a_delete_realm_roles_of_user
        await self._api.ask(self._change(change, user_id, names))

    async def _all(self, client_id: str | None) -> list[Any]:
        library = self._api.library
        if client_id is None:
            return await library.a_get_realm_roles()
        return await library.a_get_client_roles(await self._client(client_id))

    async def _of_user(
        self, user: str, client_id: str | None, effective: bool
    ) -> list[Any]:
        library = self._api.library
        if client_id is None:
            if effective:
                return await library.a_get_composite_realm_roles_of_user(user)
            return await library.a_get_realm_roles_of_user(user)
        client = await self._client(client_id)
        if effective:
            return await library.a_get_composite_client_roles_of_user(
                user, client
            )
        return await library.a_get_client_roles_of_user(user, client)

    async def _change(
        self, change: _Change, user_id: str, names: Iterable[str]
    ) -> None:
        user = segment(user_id, missing=NO_USER)
        roles = [await self._role(name) for name in names]
        await self._api.ask(change(user, roles), missing=NO_USER)

    async def _role(self, name: str) -> dict[str, Any]:
        missing = f"There is no role {name!r}."
        role = segment(name, missing=missing)
        call = self._api.library.a_get_realm_role(role)
        return await self._api.ask(call, missing=missing)

    async def _client(self, client_id: str) -> str:
        """Keycloak's own id of the client."""
        found = await self._api.library.a_get_client_id(client_id)
        if found is None:
            raise NotFoundError(f"There is no client {client_id!r}.")
        return found
