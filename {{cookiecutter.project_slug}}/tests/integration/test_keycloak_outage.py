"""Keycloak goes and comes back; the service neither waits nor rushes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx2
import pytest

from tests.counters import metric
from tests.issuer import Issuer
from tests.issuer_server import serving
from tests.login_server import LoginServer
from tests.running_service import RunningService, free_port

pytestmark = pytest.mark.slow

type Start = Callable[..., AbstractContextManager[RunningService]]

FAILURES = 5
STATE = 'circuit_breaker_state{service="keycloak"}'
REFUSED = 'circuit_breaker_refused_total{service="keycloak"}'
OPEN = 2
LOGIN = {"username": "alice", "password": "alice"}


@pytest.fixture
def keycloak() -> Iterator[LoginServer]:
    with serving(LoginServer(Issuer())) as server:
        yield server
        server.silent = False


@pytest.fixture
def service(
    start_probe: Start, keycloak: LoginServer
) -> Iterator[RunningService]:
    with start_probe(**settings(keycloak.issuer.base_url)) as found:
        yield found


@pytest.fixture
async def client(
    service: RunningService,
) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=service.url, timeout=60) as found:
        yield found


def settings(url: str) -> dict[str, str]:
    return {
        "KEYCLOAK_BASE_URL": url,
        "KEYCLOAK_PUBLIC_URL": url,
        "KEYCLOAK_TIMEOUT_SECONDS": "3",
    }


async def log_in(client: httpx2.AsyncClient, times: int = 1) -> list[int]:
    """All at once; the status of each."""
    calls = (client.post("/auth/login", json=LOGIN) for _ in range(times))
    return [reply.status_code for reply in await asyncio.gather(*calls)]


async def test_a_silent_one_is_asked_no_more(
    client: httpx2.AsyncClient,
    service: RunningService,
    keycloak: LoginServer,
) -> None:
    assert await log_in(client) == [200]
    keycloak.silent = True
    assert await log_in(client, FAILURES) == [503] * FAILURES
    assert await metric(service.url, STATE) == OPEN
    reached = keycloak.logins
    assert await log_in(client, 20) == [503] * 20
    assert keycloak.logins == reached
    assert await metric(service.url, REFUSED) >= 20
    health = (await client.get("/health")).json()
    assert health["keycloak"]["status"] == "degraded"
    # Keys that were fetched go on serving.
    token = keycloak.issuer.token()
    reply = await client.get(
        "/api/me", headers={"Authorization": f"Bearer {token}"}
    )
    assert reply.status_code == 200
    assert service.log.count("Circuit breaker opens") == 1
    await one_of_fifty_finds_out(client, keycloak)
    assert await log_in(client, 10) == [200] * 10
    assert service.log.count("Circuit breaker closes") == 1


async def one_of_fifty_finds_out(
    client: httpx2.AsyncClient, keycloak: LoginServer
) -> None:
    """Rounds of fifty, until in one of them somebody may try."""
    reached = keycloak.logins
    async with asyncio.timeout(60):
        while keycloak.logins == reached:
            keycloak.silent = True
            calls = [asyncio.create_task(log_in(client)) for _ in range(50)]
            for count, done in enumerate(asyncio.as_completed(calls), 1):
                assert await done in ([503], [200])
                # The one who tries gets its answer last.
                keycloak.silent = count < 49
    assert keycloak.logins == reached + 1
    assert [task.result() for task in calls].count([200]) == 1


async def test_wrong_passwords_are_no_outage(
    client: httpx2.AsyncClient,
    service: RunningService,
    keycloak: LoginServer,
) -> None:
    keycloak.login_reply = (401, b'{"error": "invalid_grant"}')
    assert await log_in(client, 20) == [401] * 20
    assert await metric(service.url, STATE) == 0
    keycloak.login_reply = (400, b'{"error": "unauthorized_client"}')
    assert await log_in(client, 20) == [503] * 20
    assert await metric(service.url, STATE) == 0
    assert keycloak.logins == 40
    keycloak.login_reply = (500, b"")
    assert await log_in(client, FAILURES) == [503] * FAILURES
    assert await metric(service.url, STATE) == OPEN


async def test_one_that_is_not_there_yet(start_probe: Start) -> None:
    port = free_port()
    issuer = Issuer(f"http://127.0.0.1:{port}")
    with start_probe(**settings(issuer.base_url)) as service:
        async with httpx2.AsyncClient(base_url=service.url) as client:
            assert await log_in(client, FAILURES) == [503] * FAILURES
            assert await metric(service.url, STATE) == OPEN
            with serving(LoginServer(issuer), port):
                await until(lambda: log_in(client), [200])
                token = issuer.token()
                headers = {"Authorization": f"Bearer {token}"}
                reply = await client.get("/api/me", headers=headers)
                assert reply.status_code == 200
        assert service.log.count("Circuit breaker opens") == 1
        assert service.log.count("Circuit breaker closes") == 1


async def until(ask: Callable[[], Any], wanted: Any) -> None:
    deadline = time.monotonic() + 60
    while await ask() != wanted:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
