"""Secrets do not get into the trail, whatever surrounds them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from {{cookiecutter.module_name}}.extensions.audit.redaction import (
    LEFT_OUT,
    REDACTED,
    Redaction,
    clean,
)

REDACTION = Redaction(("Social-Number",), max_bytes=8192)
SECRET_KEYS = [
    "password",
    "newPassword",
    "PASS WORD",
    "token",
    "access_token",
    "refresh_token",
    "logout_token",
    "id-token",
    "Authorization",
    "client_secret",
    "api_key",
    "X-API-Key",
    "Set-Cookie",
    "private_key",
    "pin",
    "pass",
    "passcode",
    "new_pwd",
    "X-Auth",
    "bearer",
    "access_key",
    "X-Signature",
    "otp_code",
    "cvv",
    "\uff50assword",
    "social_number",
]
KEYS = st.sampled_from([*SECRET_KEYS, "name", "data", "list"])
SECRET = "s3cr3t-v4lu3"
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(KEYS | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=30,
)


def kept(data: Any, redaction: Redaction = REDACTION) -> Any:
    return json.loads(redaction.to_json(data))


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_secret_by_its_name(key: str) -> None:
    data = {"a": [{key: {"deep": SECRET}}], "b": "kept"}
    assert kept(data) == {"a": [{key: REDACTED}], "b": "kept"}


@pytest.mark.parametrize(
    "key", ["author", "design", "name", "opinion", "passenger", "spinning"]
)
def test_others_stay(key: str) -> None:
    assert kept({key: "v"}) == {key: "v"}


def plant(data: Any, key: str) -> Any:
    """The secret under `key` in each object, and deeper there."""
    if isinstance(data, dict):
        planted = {name: plant(value, key) for name, value in data.items()}
        return {**planted, key: [{"deep": SECRET}, SECRET]}
    if isinstance(data, list):
        return [plant(value, key) for value in data]
    return data


@given(JSON, st.sampled_from(SECRET_KEYS))
def test_no_value_under_a_secret_name_survives(data: Any, key: str) -> None:
    found = REDACTION.to_json({"outer": plant(data, key), key: SECRET})
    assert SECRET not in found


@given(JSON)
def test_whatever_comes_there_is_json_without_nul(data: Any) -> None:
    found = REDACTION.to_json(data)
    assert len(found.encode()) <= 8192
    assert "\\u0000" not in found
    json.loads(found)


def test_bounds() -> None:
    assert kept("x" * 8192) == LEFT_OUT
    assert kept({"a": ["ä" * 100] * 200}) == LEFT_OUT
    assert kept({"n": 2**64, "m": -(2**63) - 1}) == {
        "n": LEFT_OUT,
        "m": LEFT_OUT,
    }
    assert kept(object()) == LEFT_OUT
    nested: Any = "deep"
    for _ in range(5000):
        nested = [nested]
    assert LEFT_OUT in REDACTION.to_json(nested)
    many = kept(list(range(100_000)), Redaction(max_bytes=1_000_000))
    assert len(many) < 5000
    assert many[-1] == LEFT_OUT


@given(st.text(alphabet=st.characters(), max_size=50) | st.just("\ud800\0"))
def test_text_that_postgresql_takes(text: str) -> None:
    found = clean(text, 20)
    assert len(found) <= 20
    assert "\0" not in found
    found.encode()
