"""What is a logout, and what only looks like one."""

from typing import Any

import pytest

from {{cookiecutter.module_name}}.auth import LogoutTokenVerifier
from {{cookiecutter.module_name}}.exceptions import (
    LogoutTokenError,
    UnavailableError,
)

from tests.issuer import CLIENT_ID, LOGOUT_EVENT, Issuer, LocalKeys

SKEW = 5
MOST_AGE = 120


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


def verifier_for(issuer: Issuer) -> LogoutTokenVerifier:
    return LogoutTokenVerifier(
        LocalKeys(issuer),
        issuer=issuer.url,
        client_id=CLIENT_ID,
        algorithms=("RS256", "ES256"),
        skew=SKEW,
        clock=issuer.clock,
    )


async def refusal(issuer: Issuer, token: str) -> str:
    with pytest.raises(LogoutTokenError) as caught:
        await verifier_for(issuer).verify(token)
    assert caught.value.status == 400
    return caught.value.detail


async def test_what_keycloak_sends(issuer: Issuer) -> None:
    claims = issuer.logout_claims()
    logout = await verifier_for(issuer).verify(
        issuer.logout_token(jti=claims["jti"])
    )
    assert logout.session_id == claims["sid"]
    assert logout.user_id == claims["sub"]
    assert logout.issued == claims["iat"]
    assert logout.token_id == claims["jti"]
    assert logout.end == claims["exp"] + SKEW


@pytest.mark.parametrize(
    "changes",
    [
        {"sid": None},
        {"sub": None},
        {"aud": ["account", CLIENT_ID]},
        {"typ": None},
        {"exp": None},
        {"events": {LOGOUT_EVENT: {}, "http://else.test": 1}},
        {"trace": "unknown claims are nobody's business"},
    ],
    ids=str,
)
async def test_what_the_specification_leaves_open(
    issuer: Issuer, changes: dict[str, Any]
) -> None:
    token = issuer.logout_token(**changes)
    assert (await verifier_for(issuer).verify(token)).token_id


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "http://issuer.test/realms/foreign"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"aud": "another"}, "audience"),
        ({"aud": ["account"]}, "audience"),
        ({"aud": None, "azp": CLIENT_ID}, "aud"),
        ({"aud": 5}, "aud"),
        ({"typ": "Bearer"}, "typ"),
        ({"typ": "ID"}, "typ"),
        ({"iat": None}, "iat"),
        ({"iat": "now"}, "iat"),
        ({"iat": True}, "iat"),
        ({"exp": "tomorrow"}, "exp"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 7}, "jti"),
        ({"jti": "x" * 256}, "jti"),
        ({"events": None}, "events"),
        ({"events": []}, "events"),
        ({"events": {}}, "events"),
        ({"events": {LOGOUT_EVENT: None}}, "events"),
        ({"events": {LOGOUT_EVENT: []}}, "events"),
        ({"events": {LOGOUT_EVENT + "/": {}}}, "events"),
        ({"nonce": "n"}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"sub": None, "sid": None}, "neither sub nor sid"),
        ({"sub": None, "sid": ""}, "sid"),
        ({"sub": 7}, "sub"),
        ({"sid": ["3f1b"]}, "sid"),
    ],
    ids=str,
)
async def test_wrong_claims_are_named(
    issuer: Issuer, changes: dict[str, Any], reason: str
) -> None:
    assert reason in await refusal(issuer, issuer.logout_token(**changes))


async def test_a_nonce_is_refused_whatever_it_is(issuer: Issuer) -> None:
    header = {"alg": "RS256", "kid": issuer.kid, "typ": "logout+jwt"}
    claims = {**issuer.logout_claims(), "nonce": None}
    assert "nonce" in await refusal(issuer, issuer.signed(header, claims))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iat": SKEW}, None),
        ({"iat": SKEW + 1}, "not valid yet"),
        ({"iat": 3600}, "not valid yet"),
        ({"exp": 1 - SKEW}, None),
        ({"exp": -SKEW}, "too old"),
        ({"iat": 1 - MOST_AGE - SKEW}, None),
        ({"iat": -MOST_AGE - SKEW}, "too old"),
        ({"iat": -MOST_AGE - SKEW, "exp": 10**6}, "too old"),
    ],
    ids=str,
)
async def test_only_for_a_while(
    issuer: Issuer, changes: dict[str, int], reason: str | None
) -> None:
    now = int(issuer.clock())
    issuer.clock.now = now
    times: dict[str, Any] = {"exp": None}
    times.update((name, now + offset) for name, offset in changes.items())
    token = issuer.logout_token(**times)
    if reason is None:
        assert await verifier_for(issuer).verify(token)
    else:
        assert reason in await refusal(issuer, token)


@pytest.mark.parametrize("kind", ["JWT", "at+jwt", "LOGOUT+JWT", ""])
async def test_the_type_in_the_header(issuer: Issuer, kind: str) -> None:
    token = issuer.logout_token(header={"typ": kind})
    assert "logout+jwt" in await refusal(issuer, token)


async def test_other_tokens_of_the_realm(issuer: Issuer) -> None:
    for kind in ("Bearer", "ID", "Refresh"):
        token = issuer.token(typ=kind, aud=CLIENT_ID)
        assert "type" in await refusal(issuer, token)
    disguised = issuer.token(header={"typ": "logout+jwt"}, aud=CLIENT_ID)
    assert "typ" in await refusal(issuer, disguised)


async def test_bad_signatures(issuer: Issuer) -> None:
    head, body, tail = issuer.logout_token().split(".")
    other = issuer.logout_token(sid="another").split(".")[1]
    for token in (
        f"{head}.{other}.{tail}",
        f"{head}.{body}.",
        f"{head}.{body}",
        "x" * 16_385,
        "é",
        issuer.logout_token(header={"alg": "none"}),
        issuer.logout_token(header={"alg": "HS256"}),
        issuer.logout_token(header={"kid": "unknown"}),
        issuer.logout_token(header={"crit": ["exp"]}),
        issuer.logout_token(header={"jwk": {}}),
    ):
        assert await refusal(issuer, token)


async def test_without_keys_nobody_can_tell(issuer: Issuer) -> None:
    keys = LocalKeys(issuer)
    keys.answers = False
    verifier = LogoutTokenVerifier(
        keys,
        issuer=issuer.url,
        client_id=CLIENT_ID,
        algorithms=("RS256",),
        skew=SKEW,
    )
    with pytest.raises(UnavailableError):
        await verifier.verify(issuer.logout_token())
