"""Sockets of one user, spread over all workers of a service."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.probe.plain_packages import WORKER
from tests.ws_client import WebSocketClient, connect

MOST_TRIES = 500


@asynccontextmanager
async def on_each_worker(
    url: str, token: str, *, workers: int = 2, each: int = 1
) -> AsyncIterator[list[WebSocketClient]]:
    """`each` sockets on every worker, one worker's after the other's."""
    async with AsyncExitStack() as stack:
        found: dict[int, list[WebSocketClient]] = defaultdict(list)
        for _ in range(MOST_TRIES):
            client = await stack.enter_async_context(connect(url, token))
            pid = (await client.ask(WORKER))["data"]
            if len(found[pid]) < each:
                found[pid].append(client)
            else:
                await client.connection.close()
            if sum(map(len, found.values())) == workers * each:
                break
        counts = [len(clients) for clients in found.values()]
        assert counts == [each] * workers
        yield [client for clients in found.values() for client in clients]
