"""Each kind of bad token has its code; a good one names its user."""

from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from {{cookiecutter.module_name}}.auth import TokenVerifier
from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    UnavailableError,
)

from tests.issuer import (
    CLIENT_ID,
    SIGNING,
    Issuer,
    LocalKeys,
    verifier_for,
)


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def verifier(issuer: Issuer) -> TokenVerifier:
    return verifier_for(issuer)


async def refusal(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(AuthenticationError) as caught:
        await verifier.verify(token)
    challenge = caught.value.headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer ")
    assert 'error="invalid_token"' in challenge
    return caught.value.code


async def test_a_good_token_names_its_user(
    verifier: TokenVerifier, issuer: Issuer
) -> None:
    claims = issuer.claims()
    user = await verifier.verify(issuer.token())
    assert user.id == claims["sub"]
    assert user.username == "alice"
    assert user.roles == {"reader", "writer"}
    assert user.session_id == "3f1b"
    assert user.expires_at == datetime.fromtimestamp(claims["exp"], UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"azp": "another", "aud": CLIENT_ID},
        {"azp": None, "aud": ["account", CLIENT_ID]},
        {"azp": CLIENT_ID, "aud": None},
        {"sid": None, "preferred_username": None},
        {"realm_access": None, "resource_access": None},
    ],
)
async def test_what_keycloak_may_leave_out(
    verifier: TokenVerifier, issuer: Issuer, changes: dict[str, Any]
) -> None:
    user = await verifier.verify(issuer.token(**changes))
    assert user.id == issuer.claims()["sub"]


async def test_elliptic_keys_serve_too(issuer: Issuer) -> None:
    own = Issuer()
    own.rotate("EC")
    assert (await verifier_for(own).verify(own.token())).username == "alice"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://issuer.test/realms/foreign"},
        {"iss": "http://issuer.test/realms/local/"},
        {"iss": None},
        {"azp": "another"},
        {"azp": "another", "aud": ["account", "else"]},
        {"typ": "Refresh"},
        {"typ": "ID"},
        {"typ": "Offline"},
        {"typ": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 10**30},
        {"iat": None},
        {"aud": 5},
        {"realm_access": ["admin"]},
        {"realm_access": {"roles": "admin"}},
        {"resource_access": {CLIENT_ID: {"roles": [1]}}},
    ],
    ids=str,
)
async def test_signed_but_not_for_us(
    verifier: TokenVerifier, issuer: Issuer, changes: dict[str, Any]
) -> None:
    token = issuer.token(**changes)
    assert await refusal(verifier, token) == "invalid_credentials"


@pytest.mark.parametrize(
    ("claim", "offset", "code"),
    [
        ("exp", -4, None),
        ("exp", -5, "token_expired"),
        ("exp", -3600, "token_expired"),
        ("nbf", 5, None),
        ("nbf", 6, "invalid_credentials"),
        ("iat", 5, None),
        ("iat", 6, "invalid_credentials"),
    ],
)
async def test_clocks_may_differ_by_the_skew(
    verifier: TokenVerifier,
    issuer: Issuer,
    claim: str,
    offset: int,
    code: str | None,
) -> None:
    issuer.clock.now = float(int(issuer.clock.now))
    changes: dict[str, Any] = {claim: int(issuer.clock()) + offset}
    token = issuer.token(**changes)
    if code is None:
        assert (await verifier.verify(token)).username == "alice"
    else:
        assert await refusal(verifier, token) == code


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
        {"jku": "http://evil.test/jwks"},
        {"x5u": "http://evil.test/certificate"},
        {"x5c": ["MIIB"]},
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"], "b64": True},
        {"kid": "nobody-knows"},
        {"kid": ""},
    ],
    ids=str,
)
async def test_headers_that_bring_their_own_rules(
    verifier: TokenVerifier, issuer: Issuer, header: dict[str, Any]
) -> None:
    token = issuer.signed(
        {"alg": "RS256", "kid": issuer.kid, **header}, issuer.claims()
    )
    assert await refusal(verifier, token) == "token_decode_error"


async def test_a_key_in_the_header_is_not_trusted(
    verifier: TokenVerifier, issuer: Issuer
) -> None:
    forger = RSAKey.generate_key(2048)
    header = {"jwk": forger.as_dict(private=False)}
    token = issuer.token(key=forger, header=header)
    assert await refusal(verifier, token) == "token_decode_error"


async def test_none_is_no_algorithm(
    verifier: TokenVerifier, issuer: Issuer
) -> None:
    for name in ("none", "None", "NONE", "nOnE"):
        token = issuer.handmade(
            {"alg": name, "kid": issuer.kid}, issuer.claims(), b""
        )
        assert await refusal(verifier, token) == "token_decode_error"


async def test_the_public_key_is_no_shared_secret(
    verifier: TokenVerifier, issuer: Issuer
) -> None:
    token = issuer.signed_with_public_key()
    assert await refusal(verifier, token) == "token_decode_error"


async def test_the_algorithm_must_fit_the_key(
    verifier: TokenVerifier, issuer: Issuer
) -> None:
    token = issuer.handmade(
        {"alg": "ES256", "kid": issuer.kid}, issuer.claims(), bytes(64)
    )
    assert await refusal(verifier, token) == "token_decode_error"


async def test_a_key_of_somebody_else_under_our_id(
    verifier: TokenVerifier, issuer: Issuer
) -> None:
    token = issuer.token(key=RSAKey.generate_key(2048))
    assert await refusal(verifier, token) == "token_decode_error"


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_tampered(
    verifier: TokenVerifier, issuer: Issuer, part: int
) -> None:
    parts = issuer.token().split(".")
    other = "A" if parts[part][20] != "A" else "B"
    parts[part] = parts[part][:20] + other + parts[part][21:]
    code = await refusal(verifier, ".".join(parts))
    assert code == "token_decode_error"


async def test_claims_of_another_token_under_a_good_signature(
    verifier: TokenVerifier, issuer: Issuer
) -> None:
    head, _, tail = issuer.token().split(".")
    _, claims, _ = issuer.token(realm_access={"roles": ["owner"]}).split(".")
    code = await refusal(verifier, f"{head}.{claims}.{tail}")
    assert code == "token_decode_error"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        ".",
        "..",
        "a.b.c",
        "a.b.c.d.e",
        "é.é.é",
        "bnVsbA.bnVsbA.bnVsbA",
        "W10.W10.W10",
        "IkIi.e30.e30",
        "x" * 20_000,
        "\x00\x01",
        "e30.e30.e30",
    ],
    ids=lambda token: ascii(token[:20]),
)
async def test_what_is_no_token_at_all(
    verifier: TokenVerifier, token: str
) -> None:
    assert await refusal(verifier, token) == "token_decode_error"


async def test_a_genuine_token_of_20_kilobytes(
    verifier: TokenVerifier, issuer: Issuer
) -> None:
    token = issuer.token(scope="x" * 20_000)
    assert await refusal(verifier, token) == "token_decode_error"


async def test_json_nested_too_deep(
    verifier: TokenVerifier, issuer: Issuer
) -> None:
    deep = b"[" * 5_000 + b"]" * 5_000
    token = issuer.handmade({"alg": "RS256", "kid": issuer.kid}, deep)
    assert await refusal(verifier, token) == "token_decode_error"


async def test_without_any_key_it_cannot_be_told(issuer: Issuer) -> None:
    keys = LocalKeys(issuer)
    keys.answers = False
    verifier = TokenVerifier(
        keys,
        issuer=issuer.url,
        client_id=CLIENT_ID,
        algorithms=SIGNING[:1],
        skew=0,
        cache_size=1,
    )
    with pytest.raises(UnavailableError):
        await verifier.verify(issuer.token())
    assert await refusal(verifier, "x") == "token_decode_error"
