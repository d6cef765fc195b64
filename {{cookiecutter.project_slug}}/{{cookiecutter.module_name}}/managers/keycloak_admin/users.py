"""Users of the realm."""

from typing import Final

from pydantic import TypeAdapter

from {{cookiecutter.module_name}}.exceptions import NotFoundError
from {{cookiecutter.module_name}}.managers.keycloak_admin.api import (
    NO_USER,
    AdminApi,
    segment,
)
from {{cookiecutter.module_name}}.managers.keycloak_call import parsed
from {{cookiecutter.module_name}}.schemas.keycloak import KeycloakUser, NewUser
from {{cookiecutter.module_name}}.types import UserId

_USER: Final = TypeAdapter(KeycloakUser)
_USERS: Final = TypeAdapter(list[KeycloakUser])


class Users:
    """Ids are the subjects of the users' tokens."""

    def __init__(self, api: AdminApi) -> None:
        self._api = api

    async def find(self, username: str) -> KeycloakUser:
        """By the whole name, in any case of letters."""
        query = {"username": username, "exact": True, "max": 1}
        call = self._api.library.a_get_users(query)
        for user in parsed(_USERS, await self._api.ask(call)):
            # An empty name would find anybody.
            if user.username == username.lower():
                return user
        raise NotFoundError(NO_USER)

    async def get(self, user_id: str) -> KeycloakUser:
        """By the id."""
        user = segment(user_id, missing=NO_USER)
        call = self._api.library.a_get_user(user)
        return parsed(_USER, await self._api.ask(call, missing=NO_USER))

    async def create(
        self, new: NewUser, password: str | None = None
    ) -> UserId:
        """Raises ConflictError when the name or the email is taken."""
        document = new.model_dump(by_alias=True, exclude_none=True)
        if password is not None:
            document["credentials"] = [
                {"type": "password", "value": password, "temporary": False}
            ]
        return UserId(
            await self._api.ask(self._api.library.a_create_user(document))
        )

    async def set_password(
        self, user_id: str, password: str, *, temporary: bool = False
    ) -> None:
        """A `temporary` one lasts until the next login in the browser."""
        user = segment(user_id, missing=NO_USER)
        call = self._api.library.a_set_user_password(user, password, temporary)
        await self._api.ask(call, missing=NO_USER)

    async def delete(self, user_id: str) -> None:
        """Ends the user's sessions, too."""
        user = segment(user_id, missing=NO_USER)
        call = self._api.library.a_delete_user(user)
        await self._api.ask(call, missing=NO_USER)
