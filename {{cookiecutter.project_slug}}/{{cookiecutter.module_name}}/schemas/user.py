"""Who sent a request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from {{cookiecutter.module_name}}.types import SessionId, UserId, Username


class UserModel(BaseModel):
    """A verified token's user; `id` is Keycloak's subject.

    `roles` are those of the realm and of this service's client together.
    """

    model_config = ConfigDict(frozen=True)

    id: UserId
    username: Username
    roles: frozenset[str]
    session_id: SessionId | None
    issued_at: datetime
    expires_at: datetime


@dataclass(slots=True)
class CurrentUser:
    """A user as clients see it; `expires_at` is the token's end, in UTC."""

    id: UserId
    username: Username
    roles: list[str]
    session_id: SessionId | None
    expires_at: datetime

    @classmethod
    def of(cls, user: UserModel) -> Self:
        """Roles sorted, so that equal users read the same."""
        return cls(
            id=user.id,
            username=user.username,
            roles=sorted(user.roles),
            session_id=user.session_id,
            expires_at=user.expires_at,
        )
