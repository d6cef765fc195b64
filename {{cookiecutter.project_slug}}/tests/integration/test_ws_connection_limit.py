"""So many sockets of a user, on two workers, however they log in.

RATE_LIMIT_ENABLED is off: it has no say in this.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
)

import pytest
from websockets.exceptions import ConnectionClosed

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.counters import becomes, metric
from tests.raw_socket import handshake, raw_connection
from tests.running_service import RunningService
from tests.ws_client import Login, WebSocketClient, connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
LIMIT, CONNECTS = 5, 30
LOGINS: tuple[Login, ...] = ("header", "frame", "query")
REJECTED = 'ws_connections_total{status="rejected_limit"}'
HITS = 'rate_limit_hits_total{limit_type="ws_connection"}'


@pytest.fixture(scope="module")
def two(start_probe: Start) -> Iterator[str]:
    with start_probe(
        WORKERS="2",
        RATE_LIMIT_ENABLED="false",
        WS_MAX_CONNECTIONS_PER_USER=str(LIMIT),
    ) as service:
        yield service.url
        assert "Traceback" not in service.log


async def opened(
    stack: AsyncExitStack, url: str, token: str, how: Login
) -> WebSocketClient:
    """Logged in, or closed again."""
    if how != "frame":
        return await stack.enter_async_context(connect(url, token, how=how))
    client = await stack.enter_async_context(connect(url))
    await client.send({"type": "auth", "token": token})
    return client


async def lives(client: WebSocketClient) -> bool:
    """Whether it is served; checks how it is closed where it is not."""
    try:
        reply = await client.ask(PkgID.WHOAMI)
    except ConnectionClosed:
        assert not client.unread
        code = client.connection.close_code
        reason = client.connection.close_reason
        assert (code, reason) == (1008, "connections")
        return False
    return bool(reply["status_code"] == 0)


@asynccontextmanager
async def attempts(
    url: str, token: str, count: int, how: Login = "header"
) -> AsyncIterator[list[WebSocketClient]]:
    """Connects that often at once; yields those that live."""
    async with AsyncExitStack() as stack:
        clients = await asyncio.gather(
            *(opened(stack, url, token, how) for _ in range(count))
        )
        living = await asyncio.gather(*map(lives, clients))
        yield [c for c, alive in zip(clients, living, strict=True) if alive]


async def room_for(url: str, token: str, count: int) -> None:
    """Returns when the user has so many places: a close takes its time."""
    async with asyncio.timeout(20):
        while True:
            async with attempts(url, token, count) as living:
                if len(living) == count:
                    return


@pytest.mark.parametrize("how", LOGINS)
async def test_five_of_thirty_connects_at_once(
    two: str, sign: Sign, how: Login
) -> None:
    before = [await metric(two, name) for name in (REJECTED, HITS)]
    token = sign()
    async with attempts(two, token, CONNECTS, how) as living:
        print(f"\n{CONNECTS} connects, {len(living)} live")
        assert len(living) == LIMIT
        after = [await metric(two, name) for name in (REJECTED, HITS)]
        refused = CONNECTS - LIMIT
        assert after == [number + refused for number in before]
        # Others have places of their own.
        async with attempts(two, sign(), LIMIT + 1, how) as others:
            assert len(others) == LIMIT


@pytest.mark.parametrize("how", LOGINS)
async def test_who_leaves_makes_room(two: str, sign: Sign, how: Login) -> None:
    token = sign()
    async with attempts(two, token, LIMIT, how) as living:
        assert len(living) == LIMIT
        await living[0].connection.close()
        await room_for(two, token, 1)
        async with attempts(two, token, 3, how) as more:
            assert len(more) <= 1
    await room_for(two, token, LIMIT)


async def test_a_renewal_takes_no_second_place(two: str, sign: Sign) -> None:
    user = str(uuid.uuid4())
    async with attempts(two, sign(sub=user), LIMIT) as living:
        for client in living:
            for _ in range(3):
                await client.log_in(sign(sub=user))
        async with attempts(two, sign(sub=user), 1) as more:
            assert more == []
    await room_for(two, sign(sub=user), LIMIT)


async def test_who_is_gone_before_it_was_let_in_holds_no_place(
    two: str, sign: Sign
) -> None:
    token = sign()

    async def knock() -> None:
        async with raw_connection(two) as raw:
            await raw.send(handshake(f"Authorization: Bearer {token}"))
            # Aborted at the end of the block.

    await asyncio.gather(*(knock() for _ in range(CONNECTS)))
    await room_for(two, token, LIMIT)
    await becomes(two, "ws_connections_active", 0)


async def test_a_login_of_another_user_takes_no_place(
    two: str, sign: Sign
) -> None:
    victim = str(uuid.uuid4())
    for _ in range(LIMIT + 1):
        async with connect(two, sign()) as client:
            await client.send({"type": "auth", "token": sign(sub=victim)})
            assert (await client.closed())[0] == 4401
    async with attempts(two, sign(sub=victim), LIMIT) as living:
        assert len(living) == LIMIT
