"""Users as the verifier makes them of tokens."""

from datetime import UTC, datetime

from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.types import SessionId, UserId, Username


def user(
    issued: float = 1000, sub: str = "u", sid: str | None = "s"
) -> UserModel:
    """Of a token that was issued at that second."""
    return UserModel(
        id=UserId(sub),
        username=Username("alice"),
        roles=frozenset(),
        session_id=SessionId(sid) if sid else None,
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(issued + 300, UTC),
    )
