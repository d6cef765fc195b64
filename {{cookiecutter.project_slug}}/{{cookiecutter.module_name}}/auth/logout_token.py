"""Verifies what Keycloak says by its back channel: a session is over.

OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6.
"""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.auth.claims import Name, Timestamp
from {{cookiecutter.module_name}}.auth.key_source import KeySource
from {{cookiecutter.module_name}}.auth.signed_token import SignedTokens
from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    LogoutTokenError,
)
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.types import SessionId, UserId

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_TYPE: Final = "logout+jwt"


class Logout(NamedTuple):
    """One session, or without one all tokens of the user until `issued`.

    `token_id` is to be taken once; later than `end` nobody believes it.
    """

    session_id: SessionId | None
    user_id: UserId | None
    issued: float
    token_id: str
    end: float


class LogoutClaims(BaseModel):
    """The claims that are read, in the shapes that are believed."""

    model_config = ConfigDict(strict=True, frozen=True)

    # Keycloak's own word, beside the type in the header.
    typ: Literal["Logout"] = "Logout"
    aud: str | list[str]
    iat: Timestamp
    exp: Timestamp | None = None
    jti: Name
    events: dict[str, Any]
    sub: Name | None = None
    sid: Name | None = None

    @classmethod
    def read(cls, claims: Mapping[str, Any]) -> Self:
        """Raises LogoutTokenError for other shapes, and for other tokens."""
        if "nonce" in claims:
            raise LogoutTokenError("A logout token has no nonce.")
        try:
            found = cls.model_validate(claims)
        except ValidationError as error:
            names = sorted({str(e["loc"][0]) for e in error.errors()})
            raise LogoutTokenError(
                f"Not a logout token; wrong: {', '.join(names)}."
            ) from None
        if not isinstance(found.events.get(EVENT), dict):
            raise LogoutTokenError("The token's events name no logout.")
        if found.sub is None and found.sid is None:
            raise LogoutTokenError("The token names neither sub nor sid.")
        return found

    def check_recipient(self, client_id: str) -> None:
        """Only the audience says for whom it is."""
        audience = [self.aud] if isinstance(self.aud, str) else self.aud
        if client_id not in audience:
            raise LogoutTokenError("The token is for another audience.")

    def end(self, most_age: float) -> float:
        """When it is too old, clocks apart."""
        end = self.iat + most_age
        return end if self.exp is None else min(end, self.exp)


class LogoutTokenVerifier:
    """Turns a logout token into a `Logout`, or says why not."""

    def __init__(
        self,
        keys: KeySource,
        *,
        issuer: str,
        client_id: str,
        algorithms: Collection[str],
        skew: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._tokens = SignedTokens(keys, issuer=issuer, algorithms=algorithms)
        self._client_id = client_id
        self._skew = skew
        self._clock = clock

    @classmethod
    def from_settings(cls, keys: KeySource, settings: Settings) -> Self:
        """For the back channel of the configured realm."""
        return cls(
            keys,
            issuer=settings.keycloak_issuer,
            client_id=settings.KEYCLOAK_CLIENT_ID,
            algorithms=settings.TOKEN_ALGORITHMS,
            skew=settings.TOKEN_CLOCK_SKEW_SECONDS,
        )

    async def verify(self, token: str) -> Logout:
        """Raises LogoutTokenError, or UnavailableError without keys."""
        try:
            header, claims = await self._tokens.open(token)
        except AuthenticationError as error:
            raise LogoutTokenError(error.detail) from None
        if header.get("typ") != _TYPE:
            raise LogoutTokenError(f"The token's type is not {_TYPE}.")
        found = LogoutClaims.read(claims)
        found.check_recipient(self._client_id)
        end = self._checked_end(found)
        return Logout(
            SessionId(found.sid) if found.sid else None,
            UserId(found.sub) if found.sub else None,
            found.iat,
            found.jti,
            end,
        )

    def _checked_end(self, claims: LogoutClaims) -> float:
        now = self._clock()
        if claims.iat > now + self._skew:
            raise LogoutTokenError("The token is not valid yet.")
        end = claims.end(constants.LOGOUT_TOKEN_MAX_AGE_SECONDS) + self._skew
        if end <= now:
            raise LogoutTokenError("The token is too old.")
        return end
