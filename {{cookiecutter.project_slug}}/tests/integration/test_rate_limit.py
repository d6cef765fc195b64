"""Limits of HTTP requests at a running service."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager

import httpx2
import pytest

from tests.counters import metric
from tests.probe.limited_routes import ALONE
from tests.running_service import RunningService

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]

LIMIT, BURST = 8, 2
ALL = LIMIT + BURST
BOTH = ("user", "address")
NAMES = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


@pytest.fixture(scope="module")
def limited(start_probe: Start) -> Iterator[RunningService]:
    """The proxy's word for an address is taken: each test has its own."""
    with start_probe(
        RATE_LIMIT_PER_MINUTE=str(LIMIT),
        RATE_LIMIT_BURST=str(BURST),
        TRUSTED_PROXIES='["127.0.0.1"]',
    ) as service:
        yield service


@pytest.fixture
async def client(limited: RunningService) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=limited.url) as found:
        yield found


def at(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def told(reply: httpx2.Response) -> tuple[int, int, int]:
    for name in NAMES:
        assert len(reply.headers.get_list(name)) == 1, reply.headers
    limit, remaining, reset = (int(reply.headers[name]) for name in NAMES)
    return limit, remaining, reset


async def test_over_the_limit_is_429(
    client: httpx2.AsyncClient, sign: Sign
) -> None:
    headers = {"Authorization": f"Bearer {sign()}"}
    for count in range(1, ALL + 1):
        reply = await client.get("/api/me", headers=headers)
        assert reply.status_code == 200
        assert told(reply) == (ALL, ALL - count, 60)
    reply = await client.get("/api/me", headers=headers)
    assert reply.status_code == 429
    limit, remaining, reset = told(reply)
    assert (limit, remaining) == (ALL, 0)
    assert 0 < int(reply.headers["retry-after"]) <= reset <= 60
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert problem["code"] == "rate_limited"
    assert problem["request_id"] == reply.headers["x-correlation-id"]
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/me", 401),
        ("GET", "/nowhere", 404),
        ("DELETE", "/api/me", 405),
        ("GET", "/probe/conflict", 409),
        ("POST", "/probe/items/1", 422),
        ("GET", "/probe/fail", 500),
    ],
)
async def test_refusals_and_failures_tell_the_limit_too(
    client: httpx2.AsyncClient, method: str, path: str, status: int
) -> None:
    headers = at(f"198.51.100.{status % 250}")
    reply = await client.request(method, path, headers=headers)
    assert reply.status_code == status
    assert told(reply) == (ALL, ALL - 1, 60)


async def test_users_and_addresses_are_counted_apart(
    client: httpx2.AsyncClient, limited: RunningService, sign: Sign
) -> None:
    series = 'rate_limit_hits_total{limit_type="%s"}'
    before = [await metric(limited.url, series % by) for by in BOTH]
    address = at("203.0.113.1")
    for _ in range(ALL):
        reply = await client.get("/api/me", headers=address)
        assert reply.status_code == 401
    reply = await client.get("/api/me", headers=address)
    assert reply.status_code == 429
    # A token that is none counts for the address.
    wrong = {**address, "Authorization": "Bearer wrong"}
    reply = await client.get("/api/me", headers=wrong)
    assert reply.status_code == 429
    # From there, too, who has logged in has a limit of their own.
    token = {"Authorization": f"Bearer {sign()}"}
    for _ in range(ALL):
        reply = await client.get("/api/me", headers={**address, **token})
        assert reply.status_code == 200
    # Wherever they are.
    reply = await client.get("/api/me", headers={**at("203.0.113.2"), **token})
    assert reply.status_code == 429
    after = [await metric(limited.url, series % by) for by in BOTH]
    assert after == [before[0] + 1, before[1] + 2]


async def test_a_network_of_ipv6_is_one_client(
    client: httpx2.AsyncClient,
) -> None:
    for number in range(ALL):
        reply = await client.get("/api/me", headers=at(f"2001:db8::{number}"))
        assert reply.status_code == 401
    reply = await client.get("/api/me", headers=at("2001:db8::ffff:1:2:3"))
    assert reply.status_code == 429
    reply = await client.get("/api/me", headers=at("2001:db8:0:1::1"))
    assert reply.status_code == 401


async def test_excluded_paths_have_no_limit(
    client: httpx2.AsyncClient,
) -> None:
    headers = at("203.0.113.3")
    paths = ["/health/live"] * (ALL + 5) + ["/metrics", "/openapi.json"]
    for path in paths:
        reply = await client.get(path, headers=headers)
        assert reply.status_code == 200
        assert not [name for name in NAMES if name in reply.headers]
    reply = await client.get("/nowhere", headers=headers)
    assert told(reply) == (ALL, ALL - 1, 60)


async def test_a_correlation_id_does_not_make_requests_one(
    client: httpx2.AsyncClient,
) -> None:
    headers = {**at("203.0.113.4"), "X-Correlation-ID": "always-the-same"}
    replies = [
        await client.get("/nowhere", headers=headers) for _ in range(ALL + 1)
    ]
    assert [reply.status_code for reply in replies] == [404] * ALL + [429]


async def test_a_limit_may_stand_alone(client: httpx2.AsyncClient) -> None:
    headers = at("203.0.113.6")
    for count in range(1, ALONE + 1):
        reply = await client.get("/probe/alone", headers=headers)
        assert told(reply) == (ALONE, ALONE - count, 60)
    reply = await client.get("/probe/alone", headers=headers)
    assert reply.status_code == 429
    reply = await client.get("/nowhere", headers=headers)
    assert told(reply) == (ALL, ALL - 1, 60)


async def test_a_header_of_the_route_stays(
    client: httpx2.AsyncClient,
) -> None:
    reply = await client.get(
        "/probe/limited/own-header", headers=at("203.0.113.5")
    )
    assert reply.headers.get_list("x-ratelimit-limit") == ["12345"]
    assert "x-ratelimit-remaining" not in reply.headers


async def test_switched_off(start_probe: Start, sign: Sign) -> None:
    headers = {"Authorization": f"Bearer {sign()}"}
    with start_probe(
        RATE_LIMIT_ENABLED="false", RATE_LIMIT_PER_MINUTE="1"
    ) as service:
        async with httpx2.AsyncClient(base_url=service.url) as client:
            for _ in range(15):
                reply = await client.get("/api/me", headers=headers)
                assert reply.status_code == 200
                assert NAMES[0] not in reply.headers
            reply = await client.get("/probe/limited/twice")
            assert NAMES[0] not in reply.headers


@pytest.mark.slow
async def test_ten_of_fifty_from_two_workers(
    start_probe: Start, sign: Sign
) -> None:
    token = {"Authorization": f"Bearer {sign()}"}
    with start_probe(
        WORKERS="2", RATE_LIMIT_PER_MINUTE="10", RATE_LIMIT_BURST="0"
    ) as service:
        async with httpx2.AsyncClient(
            base_url=service.url, headers=token, timeout=60
        ) as client:
            replies = await asyncio.gather(
                *(client.get("/api/me") for _ in range(50))
            )
    codes = [reply.status_code for reply in replies]
    passed, refused = codes.count(200), codes.count(429)
    print(f"\nasked 50 of two workers: {passed} served, {refused} refused")
    assert (passed, refused) == (10, 40)
    left = sorted(told(r)[1] for r in replies if r.status_code == 200)
    assert left == list(range(10))
