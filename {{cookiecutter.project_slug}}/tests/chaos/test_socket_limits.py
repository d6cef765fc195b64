"""Limits of sockets while Redis is killed, and when it is back."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.counters import metric
from tests.own_valkey import OwnValkey, own_valkey
from tests.running_service import RunningService
from tests.ws_client import Json, WebSocketClient, connect

pytestmark = pytest.mark.chaos

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
PATIENCE_SECONDS = 60
# A tenth is leased at a time: a lease is used up by the first message.
LIMITS = {
    "WS_MESSAGE_RATE_LIMIT": "10",
    "WS_MAX_CONNECTIONS_PER_USER": "2",
    "WS_CONNECTION_LEASE_SECONDS": "1.5",
    # Logouts have a mode of their own.
    "SESSION_CHECK_ENABLED": "false",
}


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path) as server:
        yield server


@pytest.fixture
def start(start_probe: Start, valkey: OwnValkey) -> Start:
    """`start(mode)`."""

    def started(mode: str) -> AbstractContextManager[RunningService]:
        return start_probe(
            **valkey.environment, **LIMITS, RATE_LIMIT_FAIL_MODE=mode
        )

    return started


async def answer(url: str, token: str) -> int | None:
    """Of a new socket: 0 when it is served, else how it is closed."""
    async with connect(url, token) as client:
        try:
            reply = await client.ask(PkgID.WHOAMI)
        except ConnectionClosed:
            return client.connection.close_code
        return 0 if reply["status_code"] == 0 else None


async def becomes(url: str, token: str, expected: int) -> None:
    """Returns when new sockets are answered so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await answer(url, token) != expected:
            await asyncio.sleep(0.05)


async def fallbacks(service: RunningService, check: str, mode: str) -> float:
    labels = f'check="{check}",mode="{mode}"'
    series = "protection_fallbacks_total{" + labels + "}"
    return await metric(service.url, series)


async def asked(client: WebSocketClient, count: int) -> list[Json]:
    return [await client.ask(PkgID.WHOAMI) for _ in range(count)]


async def test_open_lets_through_and_limits_again(
    start: Start, valkey: OwnValkey, sign: Sign
) -> None:
    token = sign()
    with start("open") as service:
        async with connect(service.url, token) as before:
            await before.ask(PkgID.WHOAMI)
            valkey.kill()
            replies = await asked(before, 30)
            assert {r["status_code"] for r in replies} == {0}
            async with (
                connect(service.url, token) as second,
                connect(service.url, token) as third,
            ):
                for client in (second, third):
                    assert (await asked(client, 1))[0]["status_code"] == 0
                assert await fallbacks(service, "ws_message", "open") >= 29
                assert await fallbacks(service, "ws_connection", "open") >= 2
                valkey.start()
                # All three are known again, and leave no room.
                await becomes(service.url, token, 1008)
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while (await asked(before, 1))[0]["status_code"] == 0:
                        pass
        log = service.log
        # For each check when it begins and ends, not for each message.
        for line in ("A check does without Redis", "A check has Redis again"):
            assert 2 <= log.count(line) < 10
        assert "Traceback" not in log


async def test_who_leaves_meanwhile_makes_room(
    start_probe: Start, valkey: OwnValkey, sign: Sign
) -> None:
    token, lease = sign(), 600
    with start_probe(
        **valkey.environment,
        WS_MAX_CONNECTIONS_PER_USER="1",
        WS_CONNECTION_LEASE_SECONDS=str(lease),
    ) as service:
        async with connect(service.url, token) as client:
            await client.ask(PkgID.WHOAMI)
            valkey.freeze()
            open_now = 'circuit_breaker_state{service="redis"}'
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await metric(service.url, open_now) == 0:
                    await asyncio.sleep(0.05)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await metric(service.url, "ws_connections_active"):
                await asyncio.sleep(0.05)
        valkey.thaw()
        await becomes(service.url, token, 0)


async def test_closed_refuses_and_serves_again(
    start: Start, valkey: OwnValkey, sign: Sign
) -> None:
    token = sign()
    with start("closed") as service:
        async with connect(service.url, token) as client:
            await client.ask(PkgID.WHOAMI)
            valkey.kill()
            reply = (await asked(client, 2))[-1]
            assert reply["status_code"] == 1
            assert reply["data"]["code"] == "unavailable"
            assert reply["req_id"] is not None
            assert await answer(service.url, token) == 1013
            assert await fallbacks(service, "ws_message", "closed") >= 1
            assert await fallbacks(service, "ws_connection", "closed") >= 1
            valkey.start()
            await becomes(service.url, token, 0)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (await asked(client, 1))[0]["status_code"] != 0:
                    await asyncio.sleep(0.05)
        assert "Traceback" not in service.log
