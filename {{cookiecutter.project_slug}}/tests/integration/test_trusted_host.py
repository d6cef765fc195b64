"""Under which names the service answers."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.raw_socket import raw_connection
from tests.running_service import RunningService

type Start = Callable[..., AbstractContextManager[RunningService]]


@pytest.fixture(scope="module")
def named(start_probe: Start) -> Iterator[RunningService]:
    hosts = '["127.0.0.1", "*.example.com"]'
    with start_probe(ALLOWED_HOSTS=hosts) as service:
        yield service


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/health/live", "10.0.0.7:8000", 200),
        ("/health", "10.0.0.7:8000", 200),
        ("/metrics", "10.0.0.7:8000", 200),
        ("/healthy", "10.0.0.7:8000", 400),
        ("/api/me", "10.0.0.7:8000", 400),
        ("/api/me", "127.0.0.1", 401),
        ("/api/me", "127.0.0.1:1", 401),
        ("/api/me", "API.example.com", 401),
        ("/api/me", "a.b.example.com:443", 401),
        ("/api/me", "example.com", 400),
        ("/api/me", "evil-example.com", 400),
        ("/api/me", "api.example.com.evil.org", 400),
        ("/api/me", "[::1]:8000", 400),
        ("/api/me", "", 400),
        ("/api/me", "127.0.0.1\r\nHost: evil", 400),
    ],
)
async def test_names(
    named: RunningService, path: str, host: str, status: int
) -> None:
    async with raw_connection(named.url) as raw:
        await raw.send(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        found, _, _ = await raw.head()
        assert found == status
