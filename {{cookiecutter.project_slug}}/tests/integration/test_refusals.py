"""Whoever refuses, the reply is whole: a problem, headers, an id, counted."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from tests.counters import becomes, metric
from tests.raw_socket import RawSocket, handshake, raw_connection
from tests.running_service import RunningService
from tests.ws_client import connect

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]

LIMIT = 1000
JSON = {"content-type": "application/json"}
HEADERS = (
    "content-security-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
)


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    """Chunked, for its length is not known before."""
    for _ in range(0, size, 100):
        yield b"x" * 100


@dataclass(frozen=True)
class Case:
    """One request and how it is refused; `{token}` has no role."""

    status: int
    code: str
    path: str
    route: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    content: Callable[[], Any] | None = None


CASES = {
    "host": Case(
        400, "invalid_host", "/api/me", "/api/me", headers={"Host": "evil"}
    ),
    "login": Case(401, "not_authenticated", "/api/me", "/api/me"),
    "token": Case(
        401,
        "token_decode_error",
        "/api/me",
        "/api/me",
        headers={"Authorization": "Bearer x"},
    ),
    "role": Case(
        403,
        "permission_denied",
        "/probe/guarded",
        "/probe/guarded",
        headers={"Authorization": "Bearer {token}"},
    ),
    "path": Case(404, "not_found", "/nowhere", "unmatched"),
    "method": Case(
        405, "method_not_allowed", "/api/me", "/api/me", method="DELETE"
    ),
    "length": Case(
        413,
        "body_too_large",
        "/probe/items/7",
        "/probe/items/{item_id}",
        method="POST",
        headers=JSON,
        content=lambda: b"x" * (LIMIT + 1),
    ),
    "chunks": Case(
        413,
        "body_too_large",
        "/probe/items/7",
        "/probe/items/{item_id}",
        method="POST",
        headers=JSON,
        content=lambda: in_pieces(LIMIT + 100),
    ),
    "field": Case(
        422,
        "validation_error",
        "/probe/items/7",
        "/probe/items/{item_id}",
        method="POST",
        headers=JSON,
        content=lambda: b"{}",
    ),
    "error": Case(500, "internal", "/probe/fail", "/probe/fail"),
    "keycloak": Case(
        503,
        "unavailable",
        "/auth/login",
        "/auth/login",
        method="POST",
        headers=JSON,
        content=lambda: b'{"username": "a", "password": "b"}',
    ),
}


@pytest.fixture(scope="module")
def strict(start_probe: Start) -> Iterator[RunningService]:
    """The local issuer stands where Keycloak is, and knows no logins."""
    with start_probe(
        ALLOWED_HOSTS='["127.0.0.1"]',
        MAX_BODY_BYTES=str(LIMIT),
    ) as service:
        yield service


@pytest.fixture
async def client(strict: RunningService) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=strict.url) as found:
        yield found


def check_whole(
    status: int, headers: Any, body: Any, case: tuple[int, str]
) -> None:
    assert (status, body["code"]) == case
    assert headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["request_id"] == headers["x-correlation-id"] == "the-id"
    missing = [name for name in HEADERS if name not in headers]
    assert not missing


def labels(case: Case) -> str:
    found = (
        f'endpoint="{case.route}",method="{case.method}",'
        f'status_code="{case.status}"'
    )
    return "{" + found + "}"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_http(
    case: Case, client: httpx2.AsyncClient, strict: RunningService, sign: Sign
) -> None:
    series = "http_requests_total" + labels(case)
    before = await metric(strict.url, series)
    headers = {
        name: value.replace("{token}", sign())
        for name, value in case.headers.items()
    }
    reply = await client.request(
        case.method,
        case.path,
        headers={"X-Correlation-ID": "the-id", **headers},
        content=case.content() if case.content else None,
    )
    check_whole(
        reply.status_code,
        reply.headers,
        reply.json(),
        (case.status, case.code),
    )
    await becomes(strict.url, series, before + 1)


async def test_http_too_often(start_probe: Start) -> None:
    case = Case(429, "rate_limited", "/api/me", "/api/me")
    one = {"RATE_LIMIT_PER_MINUTE": "1", "RATE_LIMIT_BURST": "0"}
    with start_probe(**one) as service:
        url, headers = service.url + case.path, {"X-Correlation-ID": "the-id"}
        async with httpx2.AsyncClient(headers=headers) as client:
            assert (await client.get(url)).status_code == 401
            reply = await client.get(url)
        found = (case.status, case.code)
        check_whole(reply.status_code, reply.headers, reply.json(), found)
        for name in ("Limit", "Remaining", "Reset"):
            assert f"X-RateLimit-{name}" in reply.headers
        assert int(reply.headers["Retry-After"]) > 0
        await becomes(service.url, "http_requests_total" + labels(case), 1)


async def test_a_handshake_under_another_name(strict: RunningService) -> None:
    series = 'ws_connections_total{status="rejected_host"}'
    before = await metric(strict.url, series)
    async with raw_connection(strict.url) as raw:
        # Its host is `localhost`.
        await raw.send(handshake("X-Correlation-ID: the-id"))
        await check_refused(raw, 400, "invalid_host")
    await becomes(strict.url, series, before + 1)
    async with connect(strict.url) as client:
        await client.send({"type": "ping"})


async def test_a_handshake_too_many(start_probe: Start) -> None:
    with start_probe(WS_MAX_CONNECTIONS="1") as service:
        async with connect(service.url), raw_connection(service.url) as raw:
            await raw.send(handshake("X-Correlation-ID: the-id"))
            await check_refused(raw, 503, "overloaded")


async def check_refused(raw: RawSocket, status: int, code: str) -> None:
    found, headers, body = await raw.head()
    check_whole(
        found,
        headers,
        httpx2.Response(found, content=body).json(),
        (status, code),
    )


async def test_a_long_body_is_not_waited_for(strict: RunningService) -> None:
    async with raw_connection(strict.url) as raw:
        await raw.send(
            b"POST /probe/items/7 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n"
        )
        status, headers, _ = await raw.head()
        assert (status, headers["connection"]) == (413, "close")
        assert await raw.reader.read() == b""
