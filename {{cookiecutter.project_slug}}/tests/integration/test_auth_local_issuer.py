"""Times and keys that only an issuer of our own can bend.

A service whose Keycloak is the local issuer, over real HTTP.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx2
import pytest

from tests.issuer import CLIENT_ID, REALM, Issuer
from tests.issuer_server import IssuerServer, serving
from tests.running_service import RunningService

type Start = Callable[..., AbstractContextManager[RunningService]]


@pytest.fixture(scope="module")
def server() -> Iterator[IssuerServer]:
    with serving(IssuerServer(Issuer())) as found:
        yield found


@pytest.fixture(scope="module")
def issuer(server: IssuerServer) -> Issuer:
    return server.issuer


@pytest.fixture(scope="module")
def local(server: IssuerServer, start_service: Start) -> Iterator[str]:
    """The URL of the service."""
    with start_service(
        KEYCLOAK_BASE_URL=server.issuer.base_url,
        KEYCLOAK_PUBLIC_URL=server.issuer.base_url,
        KEYCLOAK_REALM=REALM,
        KEYCLOAK_CLIENT_ID=CLIENT_ID,
        JWKS_COOLDOWN_SECONDS="0",
    ) as service:
        yield service.url


async def ask(url: str, token: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=url) as client:
        return await client.get(
            "/api/me", headers={"Authorization": f"Bearer {token}"}
        )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": -60}, "token_expired"),
        ({"nbf": 60}, "invalid_credentials"),
        ({"iat": 60}, "invalid_credentials"),
    ],
    ids=str,
)
async def test_times(
    local: str, issuer: Issuer, changes: dict[str, int], code: str
) -> None:
    now = int(issuer.clock())
    moved: dict[str, Any] = {
        claim: now + offset for claim, offset in changes.items()
    }
    reply = await ask(local, issuer.token(**moved))
    assert reply.status_code == 401
    assert reply.json()["code"] == code
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


async def test_a_new_key_is_fetched_once(
    local: str, issuer: Issuer, server: IssuerServer
) -> None:
    assert (await ask(local, issuer.token())).status_code == 200
    before = server.fetches
    issuer.rotate()
    for n in range(5):
        assert (await ask(local, issuer.token(sid=str(n)))).status_code == 200
    assert server.fetches == before + 1


async def test_known_keys_outlive_keycloak(
    local: str, issuer: Issuer, server: IssuerServer
) -> None:
    assert (await ask(local, issuer.token())).status_code == 200
    server.failure = (503, b"")
    try:
        reply = await ask(local, issuer.token(sid="while down"))
        assert reply.status_code == 200
        unknown = await ask(local, issuer.token(header={"kid": "new"}))
        assert unknown.status_code == 401
    finally:
        server.failure = None
