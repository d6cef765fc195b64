"""What clients asked of a Redis."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis

# Connections of the service do that by themselves.
HOUSEKEEPING = {"HELLO", "AUTH", "SELECT", "PING", "INFO", "CLIENT", "CONFIG"}
END = "end-of-record"


@asynccontextmanager
async def recorded(env: Mapping[str, str]) -> AsyncIterator[list[str]]:
    """Names of the commands within the block, told when it has ended.

    Those that a script calls are no round trips and do not count.
    """
    found: list[str] = []
    async with (
        Redis(
            host=env["REDIS_IP"],
            port=int(env["REDIS_PORT"]),
            password=env["REDIS_PASSWORD"],
        ) as redis,
        redis.monitor() as monitor,
    ):
        yield found
        await redis.echo(END)
        while True:
            seen: Any = await monitor.next_command()
            command: str = seen["command"]
            if command == f"ECHO {END}":
                return
            name = command.split(" ")[0].upper()
            if seen["client_type"] != "lua" and name not in HOUSEKEEPING:
                found.append(name)
