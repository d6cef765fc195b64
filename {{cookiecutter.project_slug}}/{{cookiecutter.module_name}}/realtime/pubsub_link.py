"""One connection to Redis in its life as a subscriber."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError

from {{cookiecutter.module_name}}.constants import (
    REDIS_MESSAGE_TIMEOUT_SECONDS,
)

# Twice, because after a pause of this process, or of the machine, the first
# may end before the reply was looked at.
_UNANSWERED_PINGS = 2


class PubSubLink:
    """Never reconnects; any error means its end."""

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection
        self._unanswered = 0

    async def send(self, *words: str) -> None:
        """A command; its reply comes by `receive`."""
        # Else the library would make a connection without subscriptions.
        if not self._connection.is_connected:
            raise RedisConnectionError("The connection is lost.")
        await self._connection.send_command(*words, check_health=False)

    async def receive(self) -> list[Any]:
        """The next message or confirmation: kind, channel, payload.

        Raises also when the server has been silent to our pings.
        """
        while True:
            reply = await self._connection.read_response(
                timeout=REDIS_MESSAGE_TIMEOUT_SECONDS,
                disconnect_on_error=False,
            )
            if reply is None:
                await self._ask()
                continue
            self._unanswered = 0
            # Without any subscription a pong is a mere word.
            if isinstance(reply, list) and reply[0] != b"pong":
                return reply

    async def _ask(self) -> None:
        if self._unanswered == _UNANSWERED_PINGS:
            raise TimeoutError("Redis does not answer pings.")
        self._unanswered += 1
        await self.send("PING")


@asynccontextmanager
async def pubsub_link(pool: ConnectionPool) -> AsyncGenerator[PubSubLink]:
    """A new connection with the pool's options, which the pool never sees."""
    connection = pool.connection_class(**pool.connection_kwargs)
    try:
        async with asyncio.timeout(REDIS_MESSAGE_TIMEOUT_SECONDS):
            await connection.connect()  # type: ignore[no-untyped-call]
        yield PubSubLink(connection)
    finally:
        await connection.disconnect(nowait=True)
