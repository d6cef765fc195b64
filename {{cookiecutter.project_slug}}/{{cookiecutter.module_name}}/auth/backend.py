"""Puts a user into the scope of every request."""

import re

from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    BaseUser,
)
from starlette.requests import HTTPConnection

from {{cookiecutter.module_name}}.auth.verifier import TokenVerifier
from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    ServiceError,
    UnavailableError,
)
from {{cookiecutter.module_name}}.schemas.user import UserModel


class AuthenticatedUser(BaseUser):
    """Somebody whose token was verified."""

    def __init__(self, user: UserModel) -> None:
        self.user = user

    @property
    def is_authenticated(self) -> bool:
        """Always."""
        return True

    @property
    def display_name(self) -> str:
        """The user's name in Keycloak."""
        return self.user.username

    @property
    def identity(self) -> str:
        """The user's id in Keycloak."""
        return self.user.id


class RejectedUser(BaseUser):
    """Somebody who sent a token that was refused; a guard raises `error`."""

    def __init__(self, error: ServiceError) -> None:
        self.error = error

    @property
    def is_authenticated(self) -> bool:
        """Never."""
        return False

    @property
    def display_name(self) -> str:
        """Nobody."""
        return ""


class AuthBackend(AuthenticationBackend):
    """Reads `Authorization: Bearer`; other schemes are not its business.

    A bad token does not end the request here: public routes serve clients
    whose token went stale. `excluded_paths` is matched in full; on those
    paths tokens are not looked at.
    """

    def __init__(self, *, excluded_paths: str) -> None:
        self._excluded = re.compile(excluded_paths)

    async def authenticate(
        self, conn: HTTPConnection
    ) -> tuple[AuthCredentials, BaseUser] | None:
        """None when nobody tried to log in."""
        if self._excluded.fullmatch(conn.scope["path"]):
            return None
        context = conn.app.state.context
        verifier: TokenVerifier = context.tokens
        validations = context.metrics.token_validations
        try:
            token = _bearer_token(conn.headers.getlist("authorization"))
            if token is None:
                return None
            user = await verifier.verify(token)
        except (AuthenticationError, UnavailableError) as error:
            validations.labels(error.code).inc()
            return AuthCredentials(), RejectedUser(error)
        validations.labels("valid").inc()
        return AuthCredentials(sorted(user.roles)), AuthenticatedUser(user)


def _bearer_token(headers: list[str]) -> str | None:
    if len(headers) > 1:
        raise AuthenticationError(
            "token_decode_error", "There are several Authorization headers."
        )
    scheme, _, token = (headers or [""])[0].partition(" ")
    if scheme.lower() != "bearer":
        return None
    return token.strip()
