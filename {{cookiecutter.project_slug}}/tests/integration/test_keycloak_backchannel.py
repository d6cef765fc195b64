"""The real Keycloak says that a session is over; two workers hear it.

How long it took is printed; what it should take stands in the documents.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import httpx2
import pytest

from scripts.stack import StackAddresses
from tests.counters import metric
from tests.own_realm import Json, OwnRealm, claims_of, own_realm
from tests.running_service import RunningService
from tests.worker_sockets import on_each_worker
from tests.ws_client import WebSocketClient

pytestmark = pytest.mark.slow

type LogOut = Callable[["Site", Json], Awaitable[None]]
type Start = Callable[..., AbstractContextManager[RunningService]]
# Enough to see both workers.
ASKED = 12
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Site:
    """Each request of `http` is on a connection of its own."""

    realm: OwnRealm
    url: str
    http: httpx2.AsyncClient

    async def answers(self, pair: Json) -> set[tuple[int, str | None]]:
        """Status and code of enough requests to see both workers."""
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        replies = await asyncio.gather(
            *(self.http.get("/api/me", headers=headers) for _ in range(ASKED))
        )
        return {(r.status_code, r.json().get("code")) for r in replies}

    async def lives(self, pair: Json) -> None:
        """On both workers."""
        assert await self.answers(pair) == {(200, None)}

    async def is_over(
        self, pair: Json, sockets: list[WebSocketClient], begun: float
    ) -> None:
        """On both workers, for HTTP and sockets."""
        for socket in sockets:
            assert await socket.closed() == (4401, "token_revoked")
        closed = time.perf_counter() - begun
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.answers(pair) != {(401, "token_revoked")}:
                await asyncio.sleep(0.02)
        refused = time.perf_counter() - begun
        print(
            f"sockets closed after {1000 * closed:.0f} ms, then "
            f"{ASKED} requests refused by {1000 * refused:.0f} ms"
        )


@pytest.fixture(scope="module")
def place(
    stack: StackAddresses, start_service: Start
) -> Iterator[tuple[OwnRealm, str]]:
    with (
        own_realm(stack) as realm,
        start_service(
            "tests.probe",
            WORKERS="2",
            REDIS_PREFIX=f"{realm.name}:",
            **realm.environment,
        ) as service,
    ):
        realm.call_back(service.url)
        yield realm, service.url


@pytest.fixture
async def site(place: tuple[OwnRealm, str]) -> AsyncIterator[Site]:
    realm, url = place
    limits = httpx2.Limits(max_keepalive_connections=0)
    async with httpx2.AsyncClient(
        base_url=url, timeout=20, limits=limits
    ) as http:
        yield Site(realm, url, http)


async def service_logout(site: Site, pair: Json) -> None:
    body = {"refresh_token": pair["refresh_token"]}
    reply = await site.http.post("/auth/logout", json=body)
    assert reply.status_code == 204, reply.text


async def own_logout(site: Site, pair: Json) -> None:
    await asyncio.to_thread(site.realm.log_out, pair["refresh_token"])


async def browser_logout(site: Site, pair: Json) -> None:
    await asyncio.to_thread(site.realm.log_out_in_browser, pair["id_token"])


async def admin_logout(site: Site, pair: Json) -> None:
    sid = claims_of(pair["access_token"])["sid"]
    await asyncio.to_thread(site.realm.end_session, sid)


@pytest.mark.parametrize(
    "log_out", [service_logout, own_logout, browser_logout, admin_logout]
)
async def test_one_session_ends_and_the_other_tab_lives(
    site: Site, log_out: LogOut
) -> None:
    pair, other = site.realm.log_in(), site.realm.log_in()
    async with (
        on_each_worker(site.url, pair["access_token"]) as sockets,
        on_each_worker(site.url, other["access_token"]) as living,
    ):
        await site.lives(pair)
        begun = time.perf_counter()
        await log_out(site, pair)
        await site.is_over(pair, sockets, begun)
        await site.lives(other)
        for socket in living:
            assert await socket.settled() == []
    await site.lives(site.realm.log_in())


@pytest.mark.parametrize("naming_sessions", [True, False])
async def test_all_sessions_of_a_user_end(
    site: Site, naming_sessions: bool
) -> None:
    site.realm.call_back(site.url, naming_sessions=naming_sessions)
    pairs = [site.realm.log_in(), site.realm.log_in()]
    user_id = claims_of(pairs[0]["access_token"])["sub"]
    async with (
        on_each_worker(site.url, pairs[0]["access_token"]) as first,
        on_each_worker(site.url, pairs[1]["access_token"]) as second,
    ):
        begun = time.perf_counter()
        await asyncio.to_thread(site.realm.log_out_user, user_id)
        await site.is_over(pairs[0], first, begun)
        await site.is_over(pairs[1], second, begun)
    site.realm.call_back(site.url)
    # Tokens of the second of the logout are over, too.
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await site.answers(site.realm.log_in()) != {(200, None)}:
            await asyncio.sleep(0.1)


async def test_a_newer_token_of_an_ended_session(site: Site) -> None:
    pair = site.realm.log_in()
    newer = site.realm.refresh(pair["refresh_token"])
    async with on_each_worker(site.url, newer["access_token"]) as sockets:
        begun = time.perf_counter()
        await admin_logout(site, pair)
        await site.is_over(newer, sockets, begun)


async def test_nobody_ends_a_session_by_naming_it(site: Site) -> None:
    """The payload of the refresh token is read unverified, but only after
    Keycloak has accepted the token, whose signature it checks."""
    victim, mine = site.realm.log_in(), site.realm.log_in()
    head, _, tail = mine["refresh_token"].split(".")
    named = victim["refresh_token"].split(".")[1]
    before = await metric(
        site.url, 'session_revocations_total{source="logout"}'
    )
    for forged in (f"{head}.{named}.{tail}", f"{head}.{named}."):
        body = {"refresh_token": forged}
        reply = await site.http.post("/auth/logout", json=body)
        assert reply.status_code == 401
        assert reply.json()["code"] == "invalid_credentials"
    after = await metric(
        site.url, 'session_revocations_total{source="logout"}'
    )
    assert after == before
    await site.lives(victim)
