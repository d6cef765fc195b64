"""TLS in front of a server of the stack: their builds have none."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

# What a client of PostgreSQL asks before it speaks TLS.
SSL_REQUEST = struct.pack("!II", 8, 80_877_103)


@asynccontextmanager
async def tls_front(
    context: ssl.SSLContext, host: str, port: int, *, postgres: bool = False
) -> AsyncIterator[int]:
    """The port; `postgres` waits for its request first."""
    tasks = set[asyncio.Task[None]]()

    async def serve(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError):
            if postgres:
                assert await reader.readexactly(8) == SSL_REQUEST
                writer.write(b"S")
                await writer.start_tls(context)
            await _between(reader, writer, host, port)
        writer.close()

    server = await asyncio.start_server(
        serve, "127.0.0.1", 0, ssl=None if postgres else context
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _between(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    host: str,
    port: int,
) -> None:
    server_reader, server_writer = await asyncio.open_connection(host, port)
    try:
        await asyncio.gather(
            _copy(reader, server_writer), _copy(server_reader, writer)
        )
    finally:
        server_writer.close()


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
