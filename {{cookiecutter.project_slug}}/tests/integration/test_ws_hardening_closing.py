"""How sockets end that were not let in, and how ends are counted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest

from tests.counters import becomes, metric
from tests.raw_socket import (
    CLOSE,
    RawSocket,
    frame,
    handshake,
    raw_connection,
    raw_socket,
)
from tests.running_service import RunningService
from tests.ws_client import connect

type Sign = Callable[..., str]
# Who was let in may read for 5 s more; who was not, for 1 s.
SECONDS = 4
MADE_UP = [3000, 3001, 3050, 4000, 4999]


@asynccontextmanager
async def refused(url: str, line: str, code: int) -> AsyncIterator[RawSocket]:
    async with raw_connection(url) as raw:
        await raw.send(handshake(line))
        await raw.head()
        assert await raw.close_code() == code
        yield raw


async def test_who_was_not_let_in_is_not_kept(sockets: RunningService) -> None:
    """Whether it answers the close or not."""
    async with (
        refused(sockets.url, "Origin: https://evil.example", 1008) as origin,
        refused(sockets.url, "Authorization: Bearer junk", 4401) as token,
        asyncio.timeout(SECONDS),
    ):
        assert await origin.next(CLOSE) is None
        assert await token.next(CLOSE) is None


def closed(label: str) -> str:
    return 'ws_connections_closed_total{code="' + label + '"}'


async def test_codes_that_clients_make_up_share_a_label(
    sockets: RunningService, sign: Sign
) -> None:
    others = closed("other")
    before = await metric(sockets.url, others)
    for code in MADE_UP:
        async with connect(sockets.url, sign()) as client:
            await client.connection.close(code)
    await becomes(sockets.url, others, before + len(MADE_UP))
    async with httpx2.AsyncClient() as client:
        text = (await client.get(f"{sockets.url}/metrics")).text
    for code in MADE_UP:
        assert closed(str(code)) not in text


@pytest.mark.parametrize(
    ("wrong", "code"),
    [(frame("{}", mask=False), 1002), (frame(b"\xff"), 1007)],
)
async def test_codes_of_the_protocol_have_their_own(
    sockets: RunningService, sign: Sign, wrong: bytes, code: int
) -> None:
    series = closed(str(code))
    before = await metric(sockets.url, series)
    async with raw_socket(sockets.url, sign()) as raw:
        await raw.send(wrong)
        assert await raw.close_code() == code
        await becomes(sockets.url, series, before + 1)
