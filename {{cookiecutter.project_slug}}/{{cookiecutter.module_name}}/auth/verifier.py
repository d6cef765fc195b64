"""Verifies Keycloak's access tokens here, without asking Keycloak."""

import time
from collections.abc import Callable, Collection
from typing import Any, Self

import orjson
from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, JWSRegistry, validate_compact
from joserfc.util import urlsafe_b64decode

from {{cookiecutter.module_name}}.auth.claims import AccessClaims
from {{cookiecutter.module_name}}.auth.key_source import KeySource
from {{cookiecutter.module_name}}.auth.token_cache import CachedUser, TokenCache
from {{cookiecutter.module_name}}.exceptions import AuthenticationError
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.settings import Settings

MAX_TOKEN_LENGTH = 16_384

# A key or a rule that the token brings along is never obeyed.
_REFUSED_HEADERS = frozenset(("b64", "crit", "jku", "jwk", "x5c", "x5u"))


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

    The issuer is read before the signature, so that tokens of other realms
    never make it ask for keys. Nothing else is believed unsigned.
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
        self._issuer = issuer
        self._client_id = client_id
        self._algorithms = frozenset(algorithms)
        self._registry = JWSRegistry(
            algorithms=self._algorithms, strict_check_header=False
        )
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
        if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
            raise _undecodable("The token is too long or not ASCII.")
        digest = TokenCache.digest(token)
        now = self._clock()
        user = self._cache.get(digest, now=now, revision=self.keys.revision())
        if user is not None:
            return user
        claims = await self._signed_claims(token)
        claims.check_recipient(self._client_id)
        claims.check_time(now, self._skew)
        user = claims.user(self._client_id)
        self._cache.put(
            digest, CachedUser(user, claims.exp, self.keys.revision())
        )
        return user

    async def _signed_claims(self, token: str) -> AccessClaims:
        signature, claims = _open(token)
        kid = self._check_header(signature.headers())
        if claims.get("iss") != self._issuer:
            raise AuthenticationError(
                "invalid_credentials", "The token is of another issuer."
            )
        key = await self.keys.get(kid)
        if key is None:
            raise _undecodable("The token is signed with an unknown key.")
        try:
            genuine = validate_compact(signature, key, registry=self._registry)
        except (JoseError, ValueError):
            genuine = False
        if not genuine:
            raise _undecodable("The token's signature does not match.")
        return AccessClaims.read(claims)

    def _check_header(self, header: dict[str, Any]) -> str:
        kid = header.get("kid")
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or not isinstance(kid, str):
            raise _undecodable("The token names no key or no algorithm.")
        if algorithm not in self._algorithms:
            raise _undecodable("The token's algorithm is not allowed.")
        if not _REFUSED_HEADERS.isdisjoint(header):
            raise _undecodable("The token's header asks for too much.")
        return kid


def _open(token: str) -> tuple[CompactSignature, dict[str, Any]]:
    """The parts of a token, of which nothing is verified yet."""
    try:
        head, body, tail = token.encode("ascii").split(b".")
        payload = urlsafe_b64decode(body)
        header = orjson.loads(urlsafe_b64decode(head))
        claims = orjson.loads(payload)
    except ValueError:
        raise _undecodable("The token cannot be read.") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise _undecodable("The token cannot be read.")
    signature = CompactSignature(header, payload)
    signature.segments.update(
        {"header": head, "payload": body, "signature": tail}
    )
    return signature, claims


def _undecodable(detail: str) -> AuthenticationError:
    return AuthenticationError("token_decode_error", detail)
