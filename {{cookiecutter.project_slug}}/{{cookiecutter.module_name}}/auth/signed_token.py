"""What the realm signed, whatever it says."""

from collections.abc import Collection
from typing import Any, NamedTuple

import orjson
from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, JWSRegistry, validate_compact
from joserfc.util import urlsafe_b64decode

from {{cookiecutter.module_name}}.auth.key_source import KeySource
from {{cookiecutter.module_name}}.exceptions import AuthenticationError

MAX_TOKEN_LENGTH = 16_384

# A key or a rule that the token brings along is never obeyed.
_REFUSED_HEADERS = frozenset(("b64", "crit", "jku", "jwk", "x5c", "x5u"))


class SignedToken(NamedTuple):
    """The two readable parts of a token whose signature was verified."""

    header: dict[str, Any]
    claims: dict[str, Any]


class SignedTokens:
    """Opens tokens of one issuer; what they are for is not looked at.

    The issuer is read before the signature, so that tokens of other realms
    never make it ask for keys. Nothing else is believed unsigned.
    """

    def __init__(
        self, keys: KeySource, *, issuer: str, algorithms: Collection[str]
    ) -> None:
        self.keys = keys
        self._issuer = issuer
        self._algorithms = frozenset(algorithms)
        self._registry = JWSRegistry(
            algorithms=self._algorithms, strict_check_header=False
        )

    async def open(self, token: str) -> SignedToken:
        """Raises AuthenticationError, or UnavailableError without keys."""
        refuse_monster(token)
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
        return SignedToken(signature.headers(), claims)

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


def refuse_monster(token: str) -> None:
    """Before anything is done with it."""
    if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        raise _undecodable("The token is too long or not ASCII.")


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
