"""A token issuer of our own: fast tests need no Keycloak.

It signs what Keycloak signs, and everything that Keycloak never would.
"""

import base64
import hmac
import itertools
import json
import time
import uuid
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from {{cookiecutter.module_name}}.auth import TokenVerifier
from {{cookiecutter.module_name}}.exceptions import UnavailableError

REALM = "local"
CLIENT_ID = "local-client"
RS256 = JWSRegistry.algorithms["RS256"]
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
SIGNING = ["RS256", "ES256", "HS256", "none"]


class Clock:
    """A time that tests move."""

    def __init__(self, now: float | None = None) -> None:
        self.now = time.time() if now is None else now

    def __call__(self) -> float:
        return self.now


class Issuer:
    """Keys, their JWKS, and tokens; `clock` dates the tokens."""

    def __init__(self, base_url: str = "http://issuer.test") -> None:
        self.base_url = base_url
        self.realm = REALM
        self.client_id = CLIENT_ID
        self.clock = Clock()
        self.keys: dict[str, Key] = {}
        self._kids = (f"key-{n}" for n in itertools.count(1))
        self.kid = self.rotate()

    @property
    def url(self) -> str:
        """The `iss` of its tokens."""
        return f"{self.base_url}/realms/{self.realm}"

    @property
    def public_pem(self) -> bytes:
        """The key that everybody knows."""
        key = self.keys[self.kid]
        assert not isinstance(key, OctKey)
        return key.as_pem(private=False)

    def rotate(self, kind: str = "RSA") -> str:
        """A new key for the tokens to come; returns its id."""
        self.kid = next(self._kids)
        self.keys[self.kid] = _new_key(kind, self.kid)
        return self.kid

    def withdraw(self, kid: str) -> None:
        """The key is no longer published."""
        del self.keys[kid]

    def jwks(self) -> dict[str, Any]:
        """What Keycloak publishes, a key for encryption included."""
        published = [
            dict(key.as_dict(private=False)) for key in self.keys.values()
        ]
        encryption = {**published[0], "kid": "for-encryption", "use": "enc"}
        return {"keys": [*published, encryption]}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims, changed; None leaves one out."""
        now = int(self.clock())
        good = {
            "exp": now + 300,
            "iat": now,
            "jti": "a6f7",
            "iss": self.url,
            "aud": "account",
            "sub": "5b1c6a1e-1f0c-4c0e-8f43-6a7fb3a1f001",
            "typ": "Bearer",
            "azp": self.client_id,
            "sid": "3f1b",
            "realm_access": {"roles": ["reader"]},
            "resource_access": {
                self.client_id: {"roles": ["writer"]},
                "another": {"roles": ["owner"]},
            },
            "preferred_username": "alice",
        }
        merged = {**good, **changes}
        return {k: v for k, v in merged.items() if v is not None}

    def token(
        self,
        *,
        header: dict[str, Any] | None = None,
        key: Key | None = None,
        **changes: Any,
    ) -> str:
        """An access token; `header` and `changes` spoil it."""
        key = key or self.keys[self.kid]
        algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
        head = {"alg": algorithm, "kid": self.kid, **(header or {})}
        return jwt.encode(head, self.claims(**changes), key, SIGNING)

    def logout_claims(self, **changes: Any) -> dict[str, Any]:
        """What Keycloak 26 sends, changed; None leaves one out."""
        now = int(self.clock())
        good = {
            "exp": now + 120,
            "iat": now,
            "jti": str(uuid.uuid4()),
            "iss": self.url,
            "aud": self.client_id,
            "sub": "5b1c6a1e-1f0c-4c0e-8f43-6a7fb3a1f001",
            "typ": "Logout",
            "sid": "3f1b",
            "events": {LOGOUT_EVENT: {}},
        }
        merged = {**good, **changes}
        return {k: v for k, v in merged.items() if v is not None}

    def logout_token(
        self, *, header: dict[str, Any] | None = None, **changes: Any
    ) -> str:
        """For the back channel; `header` and `changes` spoil it."""
        head = {"alg": "RS256", "kid": self.kid, "typ": "logout+jwt"}
        return self.signed(
            {**head, **(header or {})}, self.logout_claims(**changes)
        )

    def signed(self, header: object, claims: object) -> str:
        """Any header over a signature that is right."""
        key = self.keys[self.kid]
        assert isinstance(key, RSAKey)
        head, body = _base64url(_json(header)), _base64url(_json(claims))
        content = head + b"." + body
        signature = RS256.sign(content, key)
        return b".".join((content, _base64url(signature))).decode()

    def signed_with_public_key(self, **changes: Any) -> str:
        """HS256, with what everybody knows as the shared secret."""
        head = _base64url(_json({"alg": "HS256", "kid": self.kid}))
        content = head + b"." + _base64url(_json(self.claims(**changes)))
        signature = hmac.digest(self.public_pem, content, "sha256")
        return b".".join((content, _base64url(signature))).decode()

    def handmade(
        self, header: object, claims: object, signature: bytes = b"signed"
    ) -> str:
        """Three parts that no library would write."""
        parts = (_json(header), _json(claims), signature)
        return b".".join(map(_base64url, parts)).decode()


class LocalKeys:
    """A KeySource straight from an issuer, without HTTP."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._seen: list[str] = []
        self._revision = 0
        self.answers = True
        self.loaded = False

    def revision(self) -> int:
        """Sees a rotation at once."""
        if list(self._issuer.keys) != self._seen:
            self._seen = list(self._issuer.keys)
            self._revision += 1
        return self._revision

    async def get(self, kid: str) -> Key | None:
        """The issuer's own."""
        if not self.loaded:
            await self.refresh()
        return self._issuer.keys.get(kid)

    async def refresh(self) -> None:
        """There is nothing to fetch."""
        if not self.answers:
            raise UnavailableError("The issuer does not answer.")
        self.loaded = True


def verifier_for(
    issuer: Issuer, *, skew: float = 5, cache_size: int = 100
) -> TokenVerifier:
    """A verifier that trusts `issuer` and shares its clock."""
    return TokenVerifier(
        LocalKeys(issuer),
        issuer=issuer.url,
        client_id=CLIENT_ID,
        algorithms=("RS256", "ES256"),
        skew=skew,
        cache_size=cache_size,
        clock=issuer.clock,
    )


def _new_key(kind: str, kid: str) -> Key:
    if kind == "EC":
        return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def _json(value: object) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def _base64url(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")
