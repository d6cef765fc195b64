"""What Keycloak keeps, as administrators see it."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from {{cookiecutter.module_name}}.types import SessionId, UserId, Username


class _Representation(BaseModel):
    """Keycloak writes names in camel case and leaves out what is not set."""

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, validate_by_name=True
    )


class NewUser(_Representation):
    """A user to be created.

    By Keycloak's default profile nobody logs in without email and names.
    """

    username: str
    email: str | None = None
    email_verified: bool = False
    first_name: str | None = None
    last_name: str | None = None
    enabled: bool = True


class KeycloakUser(_Representation):
    """A user; the name is in lower case, as Keycloak keeps it."""

    id: UserId
    username: Username
    email: str | None = None
    email_verified: bool = False
    first_name: str | None = None
    last_name: str | None = None
    enabled: bool
    created_at: datetime | None = Field(default=None, alias="createdTimestamp")


class KeycloakRole(_Representation):
    """A role of the realm or of a client; `composite` brings others along."""

    id: str
    name: str
    description: str | None = None
    composite: bool = False
    client_role: bool = False


def _values(found: Any) -> Any:
    return tuple(found.values()) if isinstance(found, dict) else found


class KeycloakSession(_Representation):
    """A login that lasts; `clients` are the ids of those that use it."""

    id: SessionId
    user_id: UserId
    username: Username
    address: str | None = Field(default=None, alias="ipAddress")
    started_at: datetime = Field(alias="start")
    used_at: datetime = Field(alias="lastAccess")
    # Keycloak maps its own ids to those that people give.
    clients: Annotated[tuple[str, ...], BeforeValidator(_values)] = ()
