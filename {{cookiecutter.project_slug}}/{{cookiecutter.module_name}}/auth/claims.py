"""What a token of ours says, and whether it is meant for us."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from {{cookiecutter.module_name}}.exceptions import AuthenticationError
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.types import SessionId, UserId, Username

# To the end of the year 9999, the last that datetime knows.
type Timestamp = Annotated[float, Field(ge=0, le=253_402_300_799)]
type Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class RoleList(BaseModel):
    """Keycloak's `{"roles": […]}`."""

    model_config = ConfigDict(strict=True)

    roles: frozenset[str] = Field(default=frozenset(), strict=False)


class AccessClaims(BaseModel):
    """The claims that the service reads, in the shapes that it believes."""

    model_config = ConfigDict(strict=True, frozen=True)

    sub: Name
    # Keycloak says what a token is for: Bearer, ID, Refresh, Offline…
    typ: Literal["Bearer"]
    exp: Timestamp
    iat: Timestamp
    nbf: Timestamp = 0
    aud: str | list[str] = []
    azp: str | None = None
    sid: str | None = None
    preferred_username: Name | None = None
    realm_access: RoleList = RoleList()
    resource_access: dict[str, RoleList] = {}

    @classmethod
    def read(cls, claims: Mapping[str, Any]) -> "AccessClaims":
        """Raises AuthenticationError for other shapes and other types."""
        try:
            return cls.model_validate(claims)
        except ValidationError as error:
            names = sorted({str(e["loc"][0]) for e in error.errors()})
            raise AuthenticationError(
                "invalid_credentials",
                f"Not an access token; wrong: {', '.join(names)}.",
            ) from None

    def check_recipient(self, client_id: str) -> None:
        """The token is for our client, or was given to it."""
        audience = [self.aud] if isinstance(self.aud, str) else self.aud
        if client_id != self.azp and client_id not in audience:
            raise AuthenticationError(
                "invalid_credentials", "The token is for another audience."
            )

    def check_time(self, now: float, skew: float) -> None:
        """Clocks may differ by `skew` seconds."""
        if max(self.nbf, self.iat) > now + skew:
            raise AuthenticationError(
                "invalid_credentials", "The token is not valid yet."
            )
        if self.exp <= now - skew:
            raise AuthenticationError(
                "token_expired", "The token has expired."
            )

    def user(self, client_id: str) -> UserModel:
        """Realm roles and the client's roles in one set."""
        client = self.resource_access.get(client_id, RoleList())
        return UserModel(
            id=UserId(self.sub),
            username=Username(self.preferred_username or self.sub),
            roles=self.realm_access.roles | client.roles,
            session_id=SessionId(self.sid) if self.sid else None,
            issued_at=datetime.fromtimestamp(self.iat, UTC),
            expires_at=datetime.fromtimestamp(self.exp, UTC),
        )
