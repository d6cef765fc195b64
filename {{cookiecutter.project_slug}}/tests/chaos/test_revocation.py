"""Logouts while Redis is away, and after it has lost its memory.

How long it took is printed; what it should take stands in the documents.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.counters import metric
from tests.local_issuer import Sign, Start
from tests.own_realm import BACKCHANNEL
from tests.own_valkey import OwnValkey, own_valkey
from tests.running_service import RunningService
from tests.worker_sockets import on_each_worker
from tests.ws_client import connect

pytestmark = pytest.mark.chaos

PATIENCE_SECONDS = 30
# Enough to meet both workers.
ASKED = 12

type Answers = set[tuple[int, str | None]]
REVOKED: Answers = {(401, "token_revoked")}
GOOD: Answers = {(200, None)}


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path) as server:
        yield server


@dataclass(frozen=True)
class Workers:
    """Two; each request of `http` is on a connection of its own."""

    service: RunningService
    http: httpx2.AsyncClient

    async def answers(self, token: str) -> Answers:
        """Status and code of many requests, to both."""
        headers = {"Authorization": f"Bearer {token}"}
        replies = await asyncio.gather(
            *(self.http.get("/api/me", headers=headers) for _ in range(ASKED))
        )
        return {(r.status_code, r.json().get("code")) for r in replies}

    async def become(self, token: str, wanted: Answers) -> float:
        """Returns when all of them answer so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.answers(token) != wanted:
                await asyncio.sleep(0.02)
        return time.monotonic()

    async def come(self, token: str, wanted: tuple[int, str | None]) -> None:
        """Returns when one of them answers so: all may reach the other."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while wanted not in await self.answers(token):
                await asyncio.sleep(0.02)

    async def log_out(self, token: str) -> int:
        """By the back channel of one of them; returns its status."""
        form = {"logout_token": token}
        return (await self.http.post(BACKCHANNEL, data=form)).status_code

    def events(self, message: str) -> int:
        """Of both workers, about the check of logouts."""
        lines = map(json.loads, self.service.log.splitlines())
        return sum(
            line["message"] == message and line.get("check") == "session"
            for line in lines
        )


@asynccontextmanager
async def two_workers(
    start: Start, valkey: OwnValkey, mode: str
) -> AsyncIterator[Workers]:
    limits = httpx2.Limits(max_keepalive_connections=0)
    with start(
        WORKERS="2", SESSION_CHECK_FAIL_MODE=mode, **valkey.environment
    ) as service:
        async with httpx2.AsyncClient(
            base_url=service.url, timeout=20, limits=limits
        ) as http:
            yield Workers(service, http)


async def test_closed_lets_nobody_in(
    start_probe: Start, valkey: OwnValkey, sign: Sign
) -> None:
    async with two_workers(start_probe, valkey, "closed") as workers:
        token, url = sign(), workers.service.url
        async with on_each_worker(url, token) as sockets:
            assert await workers.answers(token) == GOOD
            valkey.kill()
            assert await workers.answers(token) == {(503, "unavailable")}
            assert (await workers.http.get("/openapi.json")).is_success
            async with connect(url, token) as late:
                assert await late.closed() == (1013, "unavailable")
            for socket in sockets:
                assert (await socket.ask(PkgID.WHOAMI))["status_code"] == 0
            back = await asyncio.to_thread(valkey.start)
            seconds = await workers.become(token, GOOD) - back
            print(f"open again {1000 * seconds:.0f} ms after Redis")
            for socket in sockets:
                assert await socket.settled() == []


async def test_open_serves_and_says_so_once(
    start_probe: Start, valkey: OwnValkey, sign: Sign
) -> None:
    async with two_workers(start_probe, valkey, "open") as workers:
        token, url = sign(), workers.service.url
        assert await workers.answers(token) == GOOD
        valkey.kill()
        for _ in range(3):
            assert await workers.answers(token) == GOOD
        async with connect(url, token) as late:
            assert (await late.ask(PkgID.WHOAMI))["status_code"] == 0
        series = 'protection_fallbacks_total{check="session",mode="open"}'
        assert await metric(url, series) >= 3 * ASKED
        await asyncio.to_thread(valkey.start)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while workers.events("A check has Redis again") < 2:
                assert await workers.answers(token) == GOOD
        # Once a worker, however many requests met the fault.
        assert workers.events("A check does without Redis") == 2
        assert workers.events("A check has Redis again") == 2


@pytest.mark.parametrize(
    ("fault", "mend"),
    [(OwnValkey.kill, OwnValkey.start), (OwnValkey.freeze, OwnValkey.thaw)],
    ids=["killed", "frozen"],
)
@pytest.mark.parametrize(("mode", "status"), [("open", 200), ("closed", 503)])
async def test_a_logout_without_redis_holds_after_its_return(
    start_probe: Start,
    valkey: OwnValkey,
    sign: Sign,
    sign_logout: Sign,
    mode: str,
    status: int,
    fault: Callable[[OwnValkey], None],
    mend: Callable[[OwnValkey], object],
) -> None:
    async with two_workers(start_probe, valkey, mode) as workers:
        ending = sign(sid="ending")
        living = sign(sid="living")
        url = workers.service.url
        async with (
            on_each_worker(url, ending) as sockets,
            on_each_worker(url, living) as others,
        ):
            fault(valkey)
            assert await workers.log_out(sign_logout(sid="ending")) == status
            # One worker knows; the other cannot.
            closing = [asyncio.create_task(s.closed()) for s in sockets]
            await asyncio.wait(closing, return_when=asyncio.FIRST_COMPLETED)
            await workers.come(ending, (401, "token_revoked"))
            await asyncio.to_thread(mend, valkey)
            back = time.monotonic()
            for closed in await asyncio.gather(*closing):
                assert closed == (4401, "token_revoked")
            seconds = time.monotonic() - back
            refused = await workers.become(ending, REVOKED) - back
            print(
                f"after Redis: sockets closed {1000 * seconds:.0f} ms, "
                f"{ASKED} requests refused by {1000 * refused:.0f} ms"
            )
            await workers.become(living, GOOD)
            for socket in others:
                assert await socket.settled() == []


async def test_a_closed_limiter_lets_logouts_in(
    start_probe: Start, valkey: OwnValkey, sign: Sign, sign_logout: Sign
) -> None:
    with start_probe(
        RATE_LIMIT_FAIL_MODE="closed",
        SESSION_CHECK_FAIL_MODE="open",
        **valkey.environment,
    ) as service:
        async with httpx2.AsyncClient(
            base_url=service.url, timeout=20
        ) as http:
            workers = Workers(service, http)
            token = sign(sid="ending")
            assert await workers.answers(token) == GOOD
            valkey.kill()
            assert await workers.answers(token) == {(503, "unavailable")}
            assert await workers.log_out(sign_logout(sid="ending")) == 200
            await asyncio.to_thread(valkey.start)
            await workers.come(token, (401, "token_revoked"))
            assert await workers.answers(token) == REVOKED


async def test_a_redis_that_lost_its_data_is_told_again(
    start_probe: Start, valkey: OwnValkey, sign: Sign, sign_logout: Sign
) -> None:
    async with two_workers(start_probe, valkey, "open") as workers:
        token = sign(sid="ended")
        assert await workers.log_out(sign_logout(sid="ended")) == 200
        await workers.become(token, REVOKED)
        valkey.kill()
        await asyncio.to_thread(valkey.start)
        back = time.monotonic()
        with valkey.client() as redis:
            while not redis.keys("*:revoked:sid:ended"):
                assert time.monotonic() < back + PATIENCE_SECONDS
                await asyncio.sleep(0.01)
        print(f"written again after {1000 * (time.monotonic() - back):.0f} ms")
        assert await workers.answers(token) == REVOKED
