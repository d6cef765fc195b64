"""Logging in by password, renewing, logging out."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

# Neither Keycloak nor PostgreSQL takes a NUL.
type Username = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00]*$")
]
type Password = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1024, pattern=r"^[^\x00]*$"),
]
type RefreshToken = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=16_384, pattern=r"^[A-Za-z0-9._~+/=-]*$"
    ),
]


class LoginRequest(BaseModel):
    """A user's name and password."""

    model_config = ConfigDict(extra="forbid")

    username: Username
    password: Password


class RefreshRequest(BaseModel):
    """The refresh token of an earlier login."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: RefreshToken


class TokenPair(BaseModel):
    """Keycloak's answer to a login; lifetimes are in seconds."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    refresh_expires_in: int
