"""A network that loses one reply of Redis, after the command got there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_CHUNK = 65_536


@asynccontextmanager
async def lost_reply(host: str, port: int, word: bytes) -> AsyncIterator[int]:
    """The port; the first command with that word ends its connection."""
    tasks = set[asyncio.Task[None]]()
    lost = False

    async def serve(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        nonlocal lost
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        replies, commands = await asyncio.open_connection(host, port)
        with suppress(OSError):
            while command := await reader.read(_CHUNK):
                commands.write(command)
                reply = await replies.read(_CHUNK)
                if word in command and not lost:
                    lost = True
                    break
                writer.write(reply)
        commands.close()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
        assert lost
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
