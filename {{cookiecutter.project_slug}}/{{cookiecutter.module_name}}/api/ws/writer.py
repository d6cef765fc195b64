"""The way out of a socket: nobody but the writer waits for the client."""

import asyncio
from collections.abc import Callable

from {{cookiecutter.module_name}}.api.ws.outbox import Outbox, Sent
from {{cookiecutter.module_name}}.api.ws.transport import Transport
from {{cookiecutter.module_name}}.observability.websocket_metrics import (
    WebSocketMetrics,
)
from {{cookiecutter.module_name}}.schemas.frame import Frame


class Writer:
    """Sends at once while the client reads, else through the outbox.

    `gone` is called when the client turns out to be away.
    """

    __slots__ = ("_gone", "_metrics", "_outbox", "_task", "_transport")

    def __init__(
        self,
        outbox: Outbox,
        transport: Transport,
        metrics: WebSocketMetrics,
        gone: Callable[[], None],
    ) -> None:
        self._outbox = outbox
        self._transport = transport
        self._metrics = metrics
        self._gone = gone
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Messages that wait."""
        return len(self._outbox)

    def start(self) -> None:
        """Sends until the outbox is closed and empty."""
        self._task = asyncio.create_task(self._run())

    def put(self, frame: Frame) -> None:
        """Raises OutboxFullError."""
        if not self._sent_at_once(frame):
            self._outbox.put(frame)

    async def put_when_room(self, frame: Frame, sent: Sent) -> None:
        """Waits for the client instead; calls `sent` when it is on its way."""
        if self._sent_at_once(frame):
            sent()
        else:
            await self._outbox.put_when_room(frame, sent)

    async def flush(self, patience: float) -> None:
        """Closes the outbox; returns when all is sent, or after `patience`."""
        self._outbox.close()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=patience)

    def drop(self) -> None:
        """Sends nothing more."""
        self._outbox.close()
        self._outbox.clear()
        if self._task is not None:
            self._task.cancel()

    async def ended(self) -> None:
        """Returns when nothing runs any more."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def _sent_at_once(self, frame: Frame) -> bool:
        if not (self._outbox.idle and self._transport.try_send(frame)):
            return False
        self._metrics.messages_sent.inc()
        return True

    async def _run(self) -> None:
        while (item := await self._outbox.get()) is not None:
            frame, sent = item
            try:
                await self._transport.send(frame)
            except OSError:
                self._gone()
                return
            self._metrics.messages_sent.inc()
            if sent is not None:
                sent()
