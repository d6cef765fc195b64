"""Sockets of two services whose Redis goes away and comes back."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client import CollectorRegistry
from websockets.asyncio.client import ClientConnection, connect

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.settings import Settings

from tests.own_valkey import OwnValkey, own_valkey
from tests.running_service import RunningService
from tests.seen import PATIENCE_SECONDS

pytestmark = pytest.mark.slow

type Start = Callable[..., AbstractContextManager[RunningService]]


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path) as server:
        yield server


@pytest.fixture
def services(
    start_service: Start, valkey: OwnValkey
) -> Iterator[list[RunningService]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                start_service(**valkey.environment, REDIS_PREFIX="own:")
            )
            for _ in range(2)
        ]


@pytest.fixture
async def bus(valkey: OwnValkey) -> AsyncIterator[Bus]:
    settings = Settings.model_validate(
        {**valkey.environment, "REDIS_PREFIX": "own:"}
    )
    bus = RedisBus(settings, RedisMetrics(CollectorRegistry()))
    yield bus
    await bus.close()


@pytest.fixture
async def sockets(
    services: list[RunningService], token_for: Callable[[str], str]
) -> AsyncIterator[list[ClientConnection]]:
    """One on each service, logged in."""
    headers = {"Authorization": f"Bearer {token_for('alice')}"}
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                connect(
                    f"{service.url.replace('http', 'ws', 1)}/web",
                    additional_headers=headers,
                )
            )
            for service in services
        ]


async def _all_get(
    bus: Bus, sockets: list[ClientConnection], message: str
) -> None:
    """Says it again until everybody has it."""

    async def wait(socket: ClientConnection) -> None:
        while json.loads(await socket.recv()) != message:
            pass

    async with asyncio.timeout(PATIENCE_SECONDS):
        waiting = asyncio.gather(*(wait(socket) for socket in sockets))
        while not waiting.done():
            await bus.broadcast(message)
            await asyncio.wait([waiting], timeout=0.05)
        await waiting


async def _health(service: RunningService, status: str) -> dict[str, Any]:
    """The reply as soon as it says so."""
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        httpx2.AsyncClient(base_url=service.url) as client,
    ):
        while True:
            reply = (await client.get("/health")).json()
            if reply["status"] == status:
                found: dict[str, Any] = reply
                return found
            await asyncio.sleep(0.02)


@pytest.mark.chaos
async def test_sockets_stay_and_hear_again(
    valkey: OwnValkey,
    bus: Bus,
    services: list[RunningService],
    sockets: list[ClientConnection],
) -> None:
    await _all_get(bus, sockets, "before")
    await asyncio.to_thread(valkey.kill)
    with pytest.raises(UnavailableError):
        await bus.broadcast("lost")
    for service in services:
        reply = await _health(service, "degraded")
        assert reply["database"]["status"] == "healthy"
        assert reply["websocket"]["status"] == "degraded"
    await asyncio.to_thread(valkey.start)
    await _all_get(bus, sockets, "after")
    for service in services:
        await _health(service, "healthy")
        assert service.log.count("Messages do not come from Redis") == 1
        assert service.log.count("Messages come from Redis again") == 1


@pytest.mark.chaos
async def test_a_service_may_start_before_its_redis(
    valkey: OwnValkey,
    bus: Bus,
    start_service: Start,
    token_for: Callable[[str], str],
) -> None:
    valkey.kill()
    headers = {"Authorization": f"Bearer {token_for('alice')}"}
    with start_service(**valkey.environment, REDIS_PREFIX="own:") as service:
        url = f"{service.url.replace('http', 'ws', 1)}/web"
        async with connect(url, additional_headers=headers) as socket:
            await _health(service, "degraded")
            await asyncio.to_thread(valkey.start)
            await _all_get(bus, [socket], "at last")
