"""What Keycloak may answer to a login, and what clients hear of it."""

import json
from collections.abc import AsyncIterator, Iterator

import pytest

from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    UnavailableError,
)
from {{cookiecutter.module_name}}.managers.keycloak_manager import KeycloakManager
from {{cookiecutter.module_name}}.settings import Settings

from tests.issuer import REALM, Issuer
from tests.issuer_server import IssuerServer, serving
from tests.running_service import free_port

PAIR = {
    "access_token": "a",
    "refresh_token": "r",
    "token_type": "Bearer",
    "expires_in": 300,
    "refresh_expires_in": 1800,
    "session_state": "left out",
}


@pytest.fixture(scope="module")
def server() -> Iterator[IssuerServer]:
    with serving(IssuerServer(Issuer())) as found:
        yield found


@pytest.fixture
async def manager(server: IssuerServer) -> AsyncIterator[KeycloakManager]:
    server.delay = 0
    settings = Settings(
        KEYCLOAK_BASE_URL=server.issuer.base_url,
        KEYCLOAK_REALM=REALM,
        KEYCLOAK_TIMEOUT_SECONDS=0.5,
    )
    found = KeycloakManager(settings)
    yield found
    await found.close()


async def test_tokens_come_back(
    manager: KeycloakManager, server: IssuerServer
) -> None:
    server.failure = (200, json.dumps(PAIR).encode())
    pair = await manager.login_async("alice", "alice")
    assert pair.access_token == "a"
    assert (await manager.refresh_async("r")) == pair


@pytest.mark.parametrize("status", [400, 401])
async def test_wrong_credentials(
    manager: KeycloakManager, server: IssuerServer, status: int
) -> None:
    server.failure = (status, b'{"error": "invalid_grant"}')
    calls = (
        manager.login_async("alice", "wrong"),
        manager.refresh_async("spent"),
        manager.logout_async("spent"),
    )
    for call in calls:
        with pytest.raises(AuthenticationError) as caught:
            await call
        assert caught.value.code == "invalid_credentials"


@pytest.mark.parametrize(
    "answer",
    [
        (401, b'{"error": "invalid_client"}'),
        (400, b'{"error": "unauthorized_client"}'),
        (401, b"[]"),
        (404, b"{}"),
        (429, b""),
        (500, b"<html>"),
        (503, b'{"error": "invalid_grant"}'),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"access_token": "secret-token"}'),
    ],
    ids=str,
)
async def test_what_is_not_the_users_fault(
    manager: KeycloakManager, server: IssuerServer, answer: tuple[int, bytes]
) -> None:
    server.failure = answer
    with pytest.raises(UnavailableError) as caught:
        await manager.login_async("alice", "alice")
    assert "secret-token" not in repr(caught.value)


async def test_a_silent_keycloak_is_not_waited_for(
    manager: KeycloakManager, server: IssuerServer
) -> None:
    server.failure, server.delay = (200, b"{}"), 0.7
    with pytest.raises(UnavailableError):
        await manager.login_async("alice", "alice")
    with pytest.raises(UnavailableError):
        await manager.ping()


async def test_nobody_listens() -> None:
    manager = KeycloakManager(
        Settings(KEYCLOAK_BASE_URL=f"http://127.0.0.1:{free_port()}")
    )
    with pytest.raises(UnavailableError):
        await manager.login_async("alice", "alice")
    with pytest.raises(UnavailableError):
        await manager.ping()
    await manager.close()


async def test_ping_wants_the_realm(
    manager: KeycloakManager, server: IssuerServer
) -> None:
    server.failure = (200, b"{}")
    await manager.ping()
    server.failure = (404, b"{}")
    with pytest.raises(UnavailableError):
        await manager.ping()
