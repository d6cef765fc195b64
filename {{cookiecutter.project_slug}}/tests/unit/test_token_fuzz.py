"""Whatever bytes arrive, the verifier refuses them in its own words."""

import asyncio
import json
import string
from collections.abc import Awaitable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from {{cookiecutter.module_name}}.exceptions import AuthenticationError
from {{cookiecutter.module_name}}.schemas.user import UserModel

from tests.issuer import Issuer, verifier_for

ISSUER = Issuer()
CODES = {"token_decode_error", "invalid_credentials", "token_expired"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "alg": json_values | st.sampled_from(["RS256", "none", "HS256"]),
        "kid": json_values | st.just(ISSUER.kid),
        "typ": json_values,
        "crit": json_values,
        "b64": json_values,
        "jwk": json_values,
    },
)
claims = st.dictionaries(st.sampled_from(sorted(ISSUER.claims())), json_values)


def check(token: str) -> None:
    verifier = verifier_for(ISSUER)
    with pytest.raises(AuthenticationError) as caught:
        asyncio.run(verifier.verify(token))
    assert caught.value.code in CODES


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_text(token: str) -> None:
    check(token)


@given(st.lists(st.text(string.ascii_letters + "-_."), max_size=6))
def test_any_parts(parts: list[str]) -> None:
    check(".".join(parts))


@given(headers | json_values, claims | json_values, st.binary())
def test_any_json(header: object, body: object, signature: bytes) -> None:
    check(ISSUER.handmade(header, body, signature))


@settings(max_examples=60)
@given(claims.filter(bool))
def test_any_claims_with_a_good_signature(
    changes: dict[str, object],
) -> None:
    token = ISSUER.token(**json.loads(json.dumps(changes)))
    verify = verifier_for(ISSUER).verify(token)
    (answer,) = asyncio.run(gathered(verify))
    if isinstance(answer, AuthenticationError):
        assert answer.code in CODES
    else:
        assert isinstance(answer, UserModel)
        assert answer.id
        assert answer.username


async def gathered(verify: Awaitable[UserModel]) -> list[object]:
    return [*await asyncio.gather(verify, return_exceptions=True)]
