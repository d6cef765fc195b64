"""What a browser is told about pages of other origins."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager

import httpx2
import pytest

from tests.running_service import RunningService

type Start = Callable[..., AbstractContextManager[RunningService]]

APP = "https://app.example.com"
EVIL = "https://evil.example.com"
ALLOW = "access-control-allow-origin"
CREDENTIALS = "access-control-allow-credentials"


@pytest.fixture(scope="module")
def shared(start_probe: Start) -> Iterator[RunningService]:
    with start_probe(CORS_ALLOWED_ORIGINS=f'["{APP}"]') as service:
        yield service


@pytest.fixture
async def client(shared: RunningService) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=shared.url) as found:
        yield found


async def preflight(
    client: httpx2.AsyncClient,
    origin: str = APP,
    method: str = "PUT",
    headers: str = "authorization, content-type, if-match, x-correlation-id",
) -> httpx2.Response:
    return await client.options(
        "/api/me",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )


@pytest.mark.parametrize(
    "path", ["/health/live", "/api/me", "/nowhere", "/probe/fail"]
)
async def test_a_listed_page_reads_replies_and_errors(
    client: httpx2.AsyncClient, path: str
) -> None:
    reply = await client.get(path, headers={"Origin": APP})
    assert reply.headers[ALLOW] == APP
    assert "Origin" in reply.headers["vary"]
    assert CREDENTIALS not in reply.headers
    exposed = reply.headers["access-control-expose-headers"].lower()
    assert {
        "x-correlation-id",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "retry-after",
        "etag",
        "location",
    } == set(exposed.split(", "))


@pytest.mark.parametrize("origin", [EVIL, APP + ".evil.org", "null"])
async def test_others_do_not(client: httpx2.AsyncClient, origin: str) -> None:
    reply = await client.get("/health/live", headers={"Origin": origin})
    assert ALLOW not in reply.headers
    assert ALLOW not in (await preflight(client, origin)).headers


async def test_a_preflight_needs_no_login(client: httpx2.AsyncClient) -> None:
    reply = await preflight(client)
    assert reply.status_code == 200
    assert reply.headers[ALLOW] == APP
    assert "PUT" in reply.headers["access-control-allow-methods"]
    assert CREDENTIALS not in reply.headers
    assert "x-correlation-id" in reply.headers
    assert "content-security-policy" in reply.headers


@pytest.mark.parametrize(
    "wish", [{"method": "TRACE"}, {"headers": "x-other"}], ids=str
)
async def test_a_preflight_for_more_than_there_is(
    client: httpx2.AsyncClient, wish: dict[str, str]
) -> None:
    assert (await preflight(client, **wish)).status_code == 400


async def test_without_the_setting_there_is_nothing(
    probe_service: RunningService,
) -> None:
    async with httpx2.AsyncClient(base_url=probe_service.url) as client:
        asked = (
            await client.get("/health/live", headers={"Origin": APP}),
            await preflight(client),
        )
    for reply in asked:
        assert not [
            name
            for name in reply.headers
            if name.startswith("access-control-")
        ]


async def test_any_origin_but_never_with_credentials(
    start_probe: Start,
) -> None:
    with start_probe(CORS_ALLOWED_ORIGINS='["*"]') as service:
        async with httpx2.AsyncClient(base_url=service.url) as client:
            reply = await client.get("/api/me", headers={"Origin": EVIL})
            assert reply.headers[ALLOW] == "*"
            assert CREDENTIALS not in reply.headers
            asked = await preflight(client, EVIL)
            assert asked.headers[ALLOW] == "*"
            assert CREDENTIALS not in asked.headers


async def test_a_preflight_is_not_limited(start_probe: Start) -> None:
    with start_probe(
        CORS_ALLOWED_ORIGINS=f'["{APP}"]',
        RATE_LIMIT_PER_MINUTE="1",
        RATE_LIMIT_BURST="0",
    ) as service:
        async with httpx2.AsyncClient(base_url=service.url) as client:
            for _ in range(5):
                assert (await preflight(client)).status_code == 200
            origin = {"Origin": APP}
            reply = await client.get("/api/me", headers=origin)
            assert reply.status_code == 401
            reply = await client.get("/api/me", headers=origin)
            assert reply.status_code == 429
            assert reply.headers[ALLOW] == APP
