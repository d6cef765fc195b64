"""Tokens of the real Keycloak, good and bad, at the running service."""

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from joserfc.jwk import RSAKey

from {{cookiecutter.module_name}} import constants

from scripts.stack import StackAddresses
from tests.issuer import Issuer

CLIENT_ID = f"{constants.DISTRIBUTION}-client"
PASSWORD_GRANT = {"grant_type": "password", "scope": "openid"}


@pytest.fixture
def alice(token_for: Callable[[str], str]) -> str:
    return token_for("alice")


@pytest.fixture(scope="session")
def forger(stack: StackAddresses, realm: str) -> Issuer:
    """Knows all that is public, and says what Keycloak says."""
    issuer = Issuer(stack.keycloak_url)
    issuer.realm = realm
    issuer.client_id = CLIENT_ID
    return issuer


@pytest.fixture(scope="session")
def tokens(stack: StackAddresses, realm: str) -> dict[str, str]:
    """All that Keycloak hands out at a login."""
    reply = httpx2.post(
        f"{stack.keycloak_url}/realms/{realm}/protocol/openid-connect/token",
        data={
            **PASSWORD_GRANT,
            "client_id": CLIENT_ID,
            "username": "carol",
            "password": "carol",
        },
    )
    found: dict[str, str] = reply.raise_for_status().json()
    return found


@pytest.fixture(scope="session")
def foreign_token(stack: StackAddresses) -> str:
    """A good token of another realm of the same Keycloak."""
    reply = httpx2.post(
        f"{stack.keycloak_url}/realms/master/protocol/openid-connect/token",
        data={
            **PASSWORD_GRANT,
            "client_id": "admin-cli",
            "username": stack.admin_username,
            "password": stack.admin_password,
        },
    )
    token: str = reply.raise_for_status().json()["access_token"]
    return token


@pytest.fixture(scope="session")
def foreign_client_token(
    stack: StackAddresses, realm: str, foreign_token: str
) -> str:
    """A token that another client of our realm got."""
    client = "other-client-of-the-tests"
    with httpx2.Client(
        base_url=f"{stack.keycloak_url}/admin/realms/{realm}",
        headers={"Authorization": f"Bearer {foreign_token}"},
    ) as admin:
        made = admin.post(
            "/clients",
            json={
                "clientId": client,
                "publicClient": True,
                "directAccessGrantsEnabled": True,
            },
        )
        # 409: another worker made it.
        assert made.status_code in (201, 409)
    reply = httpx2.post(
        f"{stack.keycloak_url}/realms/{realm}/protocol/openid-connect/token",
        data={
            **PASSWORD_GRANT,
            "client_id": client,
            "username": "alice",
            "password": "alice",
        },
    )
    token: str = reply.raise_for_status().json()["access_token"]
    return token


async def ask(
    client: httpx2.AsyncClient, token: str | bytes, scheme: str = "Bearer"
) -> httpx2.Response:
    raw = token.encode() if isinstance(token, str) else token
    return await client.get(
        "/api/me", headers=[(b"Authorization", scheme.encode() + b" " + raw)]
    )


def check_refused(reply: httpx2.Response, code: str) -> None:
    assert reply.status_code == 401, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == code
    challenge = reply.headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer")
    assert ('error="invalid_token"' in challenge) == (
        code != "not_authenticated"
    )


def payload_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    padded = part + "=" * (-len(part) % 4)
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
    return claims


async def test_who_am_i(client: httpx2.AsyncClient, alice: str) -> None:
    reply = await ask(client, alice)
    claims = payload_of(alice)
    body = reply.json()
    assert reply.status_code == 200
    assert body["id"] == claims["sub"]
    assert body["username"] == "alice"
    assert body["roles"] == sorted(body["roles"])
    # Without any role Keycloak leaves the claim out.
    granted = claims.get("realm_access", {"roles": []})["roles"]
    assert set(granted) <= set(body["roles"])
    assert body["session_id"] == claims["sid"]
    assert body["expires_at"].endswith("Z")


async def test_the_scheme_is_read_in_any_case(
    client: httpx2.AsyncClient, alice: str
) -> None:
    assert (await ask(client, alice, "bearer")).status_code == 200
    assert (await ask(client, alice, "BEARER")).status_code == 200


async def test_without_a_token(client: httpx2.AsyncClient) -> None:
    check_refused(await client.get("/api/me"), "not_authenticated")
    check_refused(await ask(client, "eA==", "Basic"), "not_authenticated")


@pytest.mark.parametrize(
    "token",
    [b"x", b"a.b.c", b"a.b.c.d.e", b"\xff\xfe", b"x" * 20_000],
    ids=lambda token: ascii(token[:10]),
)
async def test_malformed(client: httpx2.AsyncClient, token: bytes) -> None:
    check_refused(await ask(client, token), "token_decode_error")


async def test_a_scheme_alone(client: httpx2.AsyncClient) -> None:
    reply = await client.get("/api/me", headers={"Authorization": "Bearer"})
    check_refused(reply, "token_decode_error")


async def test_two_tokens_at_once(
    client: httpx2.AsyncClient, alice: str
) -> None:
    header = (b"Authorization", b"Bearer " + alice.encode())
    reply = await client.get("/api/me", headers=[header, header])
    check_refused(reply, "token_decode_error")


async def test_tampered(client: httpx2.AsyncClient, alice: str) -> None:
    head, body, tail = alice.split(".")
    swapped = tail[:-20] + ("A" * 20 if tail[-20:] != "A" * 20 else "B" * 20)
    for token in (f"{head}.{body}.{swapped}", f"{head}.{body[:-4]}.{tail}"):
        check_refused(await ask(client, token), "token_decode_error")


async def test_refresh_and_id_tokens(
    client: httpx2.AsyncClient, tokens: dict[str, str]
) -> None:
    # Keycloak signs refresh tokens with a secret of its own (HS512).
    check_refused(
        await ask(client, tokens["refresh_token"]), "token_decode_error"
    )
    check_refused(await ask(client, tokens["id_token"]), "invalid_credentials")
    assert (await ask(client, tokens["access_token"])).status_code == 200


async def test_of_another_realm(
    client: httpx2.AsyncClient, foreign_token: str
) -> None:
    check_refused(await ask(client, foreign_token), "invalid_credentials")


async def test_for_another_audience(
    client: httpx2.AsyncClient, foreign_client_token: str
) -> None:
    check_refused(
        await ask(client, foreign_client_token), "invalid_credentials"
    )


async def test_forged(
    client: httpx2.AsyncClient, forger: Issuer, alice: str
) -> None:
    kid = json.loads(base64.urlsafe_b64decode(alice.split(".")[0] + "=="))[
        "kid"
    ]
    own = RSAKey.generate_key(2048)
    forged = {
        "none": forger.handmade(
            {"alg": "none", "kid": kid}, forger.claims(), b""
        ),
        "HS256": forger.signed_with_public_key(),
        "own key under Keycloak's id": forger.token(header={"kid": kid}),
        "own key in the header": forger.token(
            key=own,
            header={"kid": kid, "jwk": own.as_dict(private=False)},
        ),
        "expired, and signed by nobody": forger.token(exp=1),
        "unknown key": forger.token(),
    }
    for token in forged.values():
        check_refused(await ask(client, token), "token_decode_error")


async def test_unknown_keys_in_masses(
    client: httpx2.AsyncClient, forger: Issuer, alice: str
) -> None:
    for n in range(50):
        token = forger.token(header={"kid": f"random-{n}"})
        check_refused(await ask(client, token), "token_decode_error")
    assert (await ask(client, alice)).status_code == 200


async def test_public_routes_serve_with_a_stale_token(
    client: httpx2.AsyncClient, forger: Issuer
) -> None:
    for path in ("/health/live", "/openapi.json"):
        reply = await client.get(
            path, headers={"Authorization": f"Bearer {forger.token(exp=1)}"}
        )
        assert reply.status_code == 200
