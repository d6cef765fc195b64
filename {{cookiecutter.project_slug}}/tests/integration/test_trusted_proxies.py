"""Whose word counts for where a request comes from."""

import asyncio
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.raw_socket import handshake, raw_connection
from tests.running_service import RunningService

type Start = Callable[..., AbstractContextManager[RunningService]]

CLIENT = "203.0.113.7"


@pytest.fixture(scope="module")
def behind_proxy(start_probe: Start) -> Iterator[RunningService]:
    with start_probe(
        TRUSTED_PROXIES='["127.0.0.0/8", "10.1.0.0/16"]',
        WS_MAX_PENDING_PER_ADDRESS="1",
    ) as service:
        yield service


@pytest.fixture(scope="module")
def exposed(start_probe: Start) -> Iterator[RunningService]:
    """Its proxy is another one."""
    with start_probe(TRUSTED_PROXIES='["10.1.0.0/16"]') as service:
        yield service


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ((), "127.0.0.1"),
        ((CLIENT,), CLIENT),
        ((f"{CLIENT}:4711",), CLIENT),
        (("2001:db8::7",), "2001:db8::7"),
        # What the client made up stands in front of what proxies add.
        ((f"198.51.100.1, {CLIENT}",), CLIENT),
        ((f"198.51.100.1, {CLIENT}, 10.1.2.3",), CLIENT),
        (("198.51.100.1", CLIENT), CLIENT),
        (("10.1.2.3, 10.1.2.4",), "10.1.2.3"),
        (("",), "127.0.0.1"),
    ],
)
async def test_a_trusted_proxy(
    behind_proxy: RunningService, headers: tuple[str, ...], address: str
) -> None:
    line = await logged(behind_proxy, *headers)
    assert line["client_ip"] == address


async def test_anybody_else(exposed: RunningService) -> None:
    line = await logged(exposed, CLIENT)
    assert line["client_ip"] == "127.0.0.1"


async def test_nobody_is_trusted_unless_set(
    probe_service: RunningService,
) -> None:
    line = await logged(probe_service, CLIENT)
    assert line["client_ip"] == "127.0.0.1"


async def test_sockets(behind_proxy: RunningService) -> None:
    """Of one address only one may be without a login."""
    url = behind_proxy.url
    async with raw_connection(url) as one, raw_connection(url) as other:
        await one.send(handshake(f"X-Forwarded-For: {CLIENT}"))
        assert (await one.head())[0] == 101
        await other.send(handshake("X-Forwarded-For: 203.0.113.8"))
        assert (await other.head())[0] == 101
        async with raw_connection(url) as again:
            await again.send(handshake(f"X-Forwarded-For: {CLIENT}"))
            assert (await again.head())[0] == 101
            assert await again.close_code() == 1013


async def logged(service: RunningService, *forwarded: str) -> Any:
    """The access log's line of a request with these headers."""
    request_id = uuid.uuid4().hex
    lines = [f"X-Forwarded-For: {value}\r\n" for value in forwarded]
    async with raw_connection(service.url) as raw:
        await raw.send(
            b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n"
            + f"X-Correlation-ID: {request_id}\r\n".encode()
            + "".join(lines).encode()
            + b"\r\n"
        )
        assert (await raw.head())[0] == 404
    async with asyncio.timeout(20):
        while request_id not in service.log:
            await asyncio.sleep(0.02)
    found = [line for line in service.log.splitlines() if request_id in line]
    return json.loads(found[0])
