"""So many messages of a user in a minute, on all sockets together."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
)

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.constants import WS_MESSAGE_RATE_LIMIT_STRIKES

from tests.counters import metric
from tests.probe.plain_packages import ECHO
from tests.redis_clock import in_one_minute
from tests.running_service import RunningService
from tests.ws_client import Json, WebSocketClient, connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
LIMIT = 20
HITS = 'rate_limit_hits_total{limit_type="ws_message"}'


@pytest.fixture(scope="module")
def limited(start_probe: Start) -> Iterator[str]:
    with start_probe(WS_MESSAGE_RATE_LIMIT=str(LIMIT)) as service:
        yield service.url


@asynccontextmanager
async def several(
    url: str, token: str, count: int
) -> AsyncIterator[list[WebSocketClient]]:
    """Sockets of one user."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(connect(url, token))
            for _ in range(count)
        ]


def refused(reply: Json) -> bool:
    """Checks the whole refusal."""
    if reply["status_code"] == 0:
        return False
    assert reply["status_code"] == 1
    assert reply["data"]["code"] == "rate_limited"
    assert 0 < reply["data"]["retry_after"] <= 60.1
    return True


async def test_each_request_gets_its_one_reply(
    limited: str, sign: Sign, service_env: Mapping[str, str]
) -> None:
    async def ask() -> tuple[list[str], list[Json]]:
        async with connect(limited, sign()) as client:
            sent = [await client.request(ECHO) for _ in range(LIMIT + 10)]
            return sent, [await client.reply(req_id) for req_id in sent]

    before = await metric(limited, HITS)
    sent, replies = await in_one_minute(service_env, ask)
    assert [refused(r) for r in replies] == [False] * LIMIT + [True] * 10
    assert [r["req_id"] for r in replies] == sent
    assert {r["pkg_id"] for r in replies} == {ECHO}
    assert await metric(limited, HITS) >= before + 10


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "ping"},
        {"type": "cancel", "req_id": str(uuid.uuid4())},
        {"type": "nonsense"},
        "no JSON",
        "[]",
    ],
)
async def test_whatever_is_sent_counts(
    limited: str, sign: Sign, service_env: Mapping[str, str], frame: object
) -> None:
    async def ask() -> tuple[Json, Json]:
        async with connect(limited, sign()) as client:
            for _ in range(LIMIT):
                await client.send(frame)
            # What comes before are answers to those frames.
            reply = await client.ask(ECHO)
            client.unread.clear()
            return reply, await client.exchange(frame)

    reply, answer = await in_one_minute(service_env, ask)
    assert refused(reply)
    assert refused(answer)
    assert (answer["pkg_id"], answer["req_id"]) == (None, None)


async def test_renewals_count(
    limited: str, sign: Sign, service_env: Mapping[str, str]
) -> None:
    async def ask() -> Json:
        token = sign()
        async with connect(limited, token) as client:
            for _ in range(LIMIT):
                await client.log_in(token)
            return await client.ask(ECHO)

    assert refused(await in_one_minute(service_env, ask))


async def test_sockets_of_a_user_share(
    limited: str, sign: Sign, service_env: Mapping[str, str]
) -> None:
    async def ask() -> list[Json]:
        async with several(limited, sign(), 3) as mine:
            sent = [
                (client, await client.request(ECHO))
                for _ in range(LIMIT)
                for client in mine
            ]
            return [await client.reply(req_id) for client, req_id in sent]

    # They ask for leases at the same time, in ever other an order.
    for _ in range(20):
        replies = await in_one_minute(service_env, ask)
        assert sum(not refused(reply) for reply in replies) == LIMIT
    async with connect(limited, sign()) as other:
        assert not refused(await other.ask(ECHO))


async def test_a_new_socket_goes_on_where_the_old_one_was(
    limited: str, sign: Sign, service_env: Mapping[str, str]
) -> None:
    async def ask() -> list[Json]:
        token = sign()
        replies = []
        for _ in range(LIMIT + 1):
            async with connect(limited, token) as client:
                replies.append(await client.ask(ECHO))
        return replies

    replies = await in_one_minute(service_env, ask)
    assert [refused(r) for r in replies] == [False] * LIMIT + [True]


async def test_who_goes_on_is_closed(
    limited: str, sign: Sign, service_env: Mapping[str, str]
) -> None:
    async def ask() -> tuple[list[Json], int | None, str | None]:
        async with connect(limited, sign()) as client:
            for _ in range(LIMIT + WS_MESSAGE_RATE_LIMIT_STRIKES + 1):
                await client.send({"type": "ping"})
            frames = await client.collect()
            closed = client.connection
            return frames, closed.close_code, closed.close_reason

    frames, code, reason = await in_one_minute(service_env, ask)
    pongs = [frame for frame in frames if frame == {"type": "pong"}]
    refusals = [frame for frame in frames if "type" not in frame]
    assert len(pongs) == LIMIT
    assert all(map(refused, refusals))
    assert len(refusals) == WS_MESSAGE_RATE_LIMIT_STRIKES + 1
    assert (code, reason) == (4429, "rate_limited")


async def test_it_can_be_switched_off(start_probe: Start, sign: Sign) -> None:
    off = {"RATE_LIMIT_ENABLED": "false", "WS_MESSAGE_RATE_LIMIT": "1"}
    with start_probe(**off) as service:
        async with connect(service.url, sign()) as client:
            for _ in range(10):
                reply = await client.ask(PkgID.WHOAMI)
                assert reply["status_code"] == 0
