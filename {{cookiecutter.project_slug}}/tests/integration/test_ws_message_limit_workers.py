"""Messages of one user on two workers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
)

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.probe.plain_packages import WORKER
from tests.redis_clock import in_one_minute
from tests.running_service import RunningService
from tests.ws_client import Json, WebSocketClient, connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
MESSAGES = 40
MOST_TRIES = 500


@pytest.fixture(scope="module")
def two(start_probe: Start) -> Iterator[str]:
    limit = {"WS_MESSAGE_RATE_LIMIT": str(MESSAGES)}
    with start_probe(WORKERS="2", **limit) as service:
        yield service.url


@asynccontextmanager
async def on_both(
    url: str, token: str
) -> AsyncIterator[list[WebSocketClient]]:
    """Three sockets of the user, not all on one worker; 3 to 5 messages."""
    async with AsyncExitStack() as stack:
        found: list[tuple[int, WebSocketClient]] = []
        for _ in range(MOST_TRIES):
            client = await stack.enter_async_context(connect(url, token))
            pid = (await client.ask(WORKER))["data"]
            if [known for known, _ in found] == [pid, pid]:
                await client.connection.close()
            else:
                found.append((pid, client))
            if len(found) == 3:
                break
        assert len({pid for pid, _ in found}) == 2
        yield [client for _, client in found]


async def test_messages_are_never_more_than_the_limit(
    two: str, sign: Sign, service_env: Mapping[str, str]
) -> None:
    async def flood(client: WebSocketClient) -> list[Json]:
        sent = [await client.request(PkgID.WHOAMI) for _ in range(MESSAGES)]
        return [await client.reply(req_id) for req_id in sent]

    async def ask() -> int:
        async with on_both(two, sign()) as clients:
            found = await asyncio.gather(*map(flood, clients))
        replies = [reply for replies in found for reply in replies]
        assert len(replies) == 3 * MESSAGES
        return sum(reply["status_code"] == 0 for reply in replies)

    passed = await in_one_minute(service_env, ask)
    # What the search for the workers took is missing; nothing else is.
    assert MESSAGES // 2 <= passed < MESSAGES
