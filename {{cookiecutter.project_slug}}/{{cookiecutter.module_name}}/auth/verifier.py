"""Verifies Keycloak's access tokens here, without asking Keycloak."""

import time
from collections.abc import Callable, Collection
from typing import Self

from {{cookiecutter.module_name}}.auth.claims import AccessClaims
from {{cookiecutter.module_name}}.auth.key_source import KeySource
from {{cookiecutter.module_name}}.auth.signed_token import (
    SignedTokens,
    refuse_monster,
)
from {{cookiecutter.module_name}}.auth.token_cache import CachedUser, TokenCache
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.settings import Settings


class TokenVerifier:
    """Turns a token into a user, or says why not.

    ==================== ==================================================
    token_decode_error   Nothing that the realm signed: over 16 KiB, not
                         three parts of base64url JSON, an algorithm off
                         the list (`none`, HS256), a header that brings a
                         key or `crit`, an unknown `kid`, a signature that
                         does not match.
    invalid_credentials  Readable, but not for us or not now: another
                         issuer, audience or type (refresh, ID), claims
                         missing or misshapen, not valid yet.
    token_expired        All is right but the time.
    ==================== ==================================================
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        issuer: str,
        client_id: str,
        algorithms: Collection[str],
        skew: float,
        cache_size: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.keys = keys
        self._tokens = SignedTokens(keys, issuer=issuer, algorithms=algorithms)
        self._client_id = client_id
        self._skew = skew
        self._cache = TokenCache(cache_size)
        self._clock = clock

    @classmethod
    def from_settings(cls, keys: KeySource, settings: Settings) -> Self:
        """The verifier for tokens of the configured realm."""
        return cls(
            keys,
            issuer=settings.keycloak_issuer,
            client_id=settings.KEYCLOAK_CLIENT_ID,
            algorithms=settings.TOKEN_ALGORITHMS,
            skew=settings.TOKEN_CLOCK_SKEW_SECONDS,
            cache_size=settings.TOKEN_CACHE_SIZE,
        )

    async def verify(self, token: str) -> UserModel:
        """Raises AuthenticationError, or UnavailableError without keys."""
        refuse_monster(token)
        digest = TokenCache.digest(token)
        now = self._clock()
        user = self._cache.get(digest, now=now, revision=self.keys.revision())
        if user is not None:
            return user
        claims = AccessClaims.read((await self._tokens.open(token)).claims)
        claims.check_recipient(self._client_id)
        claims.check_time(now, self._skew)
        user = claims.user(self._client_id)
        self._cache.put(
            digest, CachedUser(user, claims.exp, self.keys.revision())
        )
        return user
