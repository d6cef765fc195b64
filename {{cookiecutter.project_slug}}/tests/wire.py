"""What stands between two programs, to be cut at a chosen place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

type Address = tuple[str, int]


class Wire:
    """Passes bytes to `target` and back, on a port of its own."""

    def __init__(self, target: Address) -> None:
        self.port = 0
        # The connection ends in place of the next reply.
        self.lose_reply = False
        # How often something came back.
        self.replies = 0
        self._target = target
        self._deaf: set[asyncio.StreamWriter] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def forget(self) -> None:
        """Of what is open now nothing passes, and nobody is told."""
        self._deaf |= self._open

    async def connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """For `asyncio.start_server`."""
        there_reader, there_writer = await asyncio.open_connection(
            *self._target
        )
        self._open |= {writer, there_writer}
        self._pass(reader, there_writer, reply=False)
        self._pass(there_reader, writer, reply=True)

    async def close(self) -> None:
        """Ends all connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._open:
            writer.close()

    def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        reply: bool,
    ) -> None:
        self._tasks.add(
            asyncio.create_task(self._copy(reader, writer, reply=reply))
        )

    async def _copy(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        reply: bool,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                self.replies += reply
                if writer in self._deaf:
                    continue
                if reply and self.lose_reply:
                    self.lose_reply = False
                    break
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def wire_to(host: str, port: int) -> AsyncIterator[Wire]:
    """Listens until the block ends."""
    wire = Wire((host, port))
    server = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        await wire.close()
