"""Limits while their Redis is killed, frozen and forgetful."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from redis import Redis

from tests.counters import metric
from tests.own_valkey import OwnValkey, own_valkey
from tests.running_service import RunningService

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
type Seen = list[tuple[int, bool]]

LIMIT = 5
CLIENTS = 4
PATIENCE_SECONDS = 30
FALLBACKS = 'protection_fallbacks_total{check="rate_limit",mode="%s"}'
# Replies enough to be sure of.
MANY = 60


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path) as server:
        yield server


@pytest.fixture
def start(
    start_probe: Start, valkey: OwnValkey
) -> Callable[[str], AbstractContextManager[RunningService]]:
    """With that fail mode."""

    def started(mode: str) -> AbstractContextManager[RunningService]:
        return start_probe(
            **valkey.environment,
            RATE_LIMIT_FAIL_MODE=mode,
            RATE_LIMIT_PER_MINUTE=str(LIMIT),
            RATE_LIMIT_BURST="0",
        )

    return started


@asynccontextmanager
async def load(client: httpx2.AsyncClient) -> AsyncIterator[Seen]:
    """Status, and whether a limit was told, of each reply so far."""
    seen: Seen = []

    async def ask() -> None:
        while True:
            reply = await client.get("/api/me")
            told = "x-ratelimit-limit" in reply.headers
            seen.append((reply.status_code, told))

    tasks = [asyncio.create_task(ask()) for _ in range(CLIENTS)]
    try:
        yield seen
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        failed = [
            e for e in ended if not isinstance(e, asyncio.CancelledError)
        ]
        assert failed == []


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


async def more(seen: Seen, reply: tuple[int, bool], count: int = MANY) -> None:
    """Returns when so many more of that kind have come."""
    wanted = seen.count(reply) + count
    await until(lambda: seen.count(reply) >= wanted)


def lines(service: RunningService, event: str) -> int:
    """How often the limiter has logged that."""
    found = [
        json.loads(line)
        for line in service.log.splitlines()
        if event in line and line.startswith("{")
    ]
    return sum(line.get("check") == "rate_limit" for line in found)


def client_of(service: RunningService, token: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        base_url=service.url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE_SECONDS,
    )


@pytest.mark.parametrize(
    ("mode", "instead"), [("open", (200, False)), ("closed", (503, False))]
)
async def test_killed_under_load(
    start: Callable[[str], AbstractContextManager[RunningService]],
    valkey: OwnValkey,
    sign: Sign,
    mode: str,
    instead: tuple[int, bool],
) -> None:
    limited = (429, True)
    with start(mode) as service:
        async with client_of(service, sign()) as client, load(client) as seen:
            await more(seen, limited)
            assert seen.count((200, True)) == LIMIT
            await asyncio.to_thread(valkey.kill)
            await more(seen, instead)
            assert (await client.get("/health/live")).status_code == 200
            await asyncio.to_thread(valkey.start)
            await more(seen, limited)
            # A Redis that has forgotten the script is told it again.
            flush(valkey)
            seen.clear()
            await more(seen, limited)
            assert set(seen) == {limited}
        fallbacks = await metric(service.url, FALLBACKS % mode)
        print(f"\n{mode}: {fallbacks:.0f} fallbacks")
        assert fallbacks >= MANY
        assert lines(service, "A check does without Redis") == 1
        assert lines(service, "A check has Redis again") == 1


async def test_only_those_replies(
    start: Callable[[str], AbstractContextManager[RunningService]],
    valkey: OwnValkey,
    sign: Sign,
) -> None:
    """From the kill to the return nobody gets anything else."""
    with start("open") as service:
        async with client_of(service, sign()) as client, load(client) as seen:
            await more(seen, (429, True))
            await asyncio.to_thread(valkey.kill)
            await more(seen, (200, False))
            await asyncio.to_thread(valkey.start)
            await more(seen, (429, True))
        print(f"\n{Counter(seen)}")
        assert set(seen) == {(200, True), (200, False), (429, True)}


async def test_frozen(
    start: Callable[[str], AbstractContextManager[RunningService]],
    valkey: OwnValkey,
    sign: Sign,
) -> None:
    """Nobody waits for it for long, and after a moment nobody at all."""
    with start("open") as service:
        async with client_of(service, sign()) as client:
            assert (await client.get("/api/me")).status_code == 200
            valkey.freeze()
            replies = await asyncio.gather(
                *(client.get("/api/me") for _ in range(20))
            )
            assert {reply.status_code for reply in replies} == {200}
            valkey.thaw()
            async with load(client) as seen:
                await more(seen, (429, True))


def flush(valkey: OwnValkey) -> None:
    environment = valkey.environment
    with Redis(
        port=int(environment["REDIS_PORT"]),
        password=environment["REDIS_PASSWORD"],
    ) as redis:
        redis.script_flush()
