"""How a socket is closed by the server: in order, and once."""

import asyncio

from {{cookiecutter.module_name}}.api.ws.requests import PackageRequests
from {{cookiecutter.module_name}}.api.ws.transport import Transport
from {{cookiecutter.module_name}}.api.ws.writer import Writer
from {{cookiecutter.module_name}}.exceptions import (
    RequestCancelledError,
    UnavailableError,
)


class Farewell:
    """Requests are answered or cancelled, replies go out, then it closes.

    Each of these steps gets `timeout` seconds, the first one `patience`.
    """

    __slots__ = ("_requests", "_task", "_timeout", "_transport", "_writer")

    def __init__(
        self,
        requests: PackageRequests,
        writer: Writer,
        transport: Transport,
        timeout: float,
    ) -> None:
        self._requests = requests
        self._writer = writer
        self._transport = transport
        self._timeout = timeout
        self._task: asyncio.Task[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether nothing new may be asked."""
        return self._task is not None

    def begin(self, code: int, reason: str, patience: float | None) -> None:
        """None as `patience` is as long as it takes; the first one counts."""
        if self._task is None:
            self._task = asyncio.create_task(
                self._close(code, reason, patience)
            )

    async def ended(self) -> None:
        """Returns when the socket is closed, however that ends."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def cancel(self) -> None:
        """The client is gone."""
        if self._task is not None:
            self._task.cancel()

    async def _close(
        self, code: int, reason: str, patience: float | None
    ) -> None:
        if not await self._requests.answered(patience):
            self._requests.stop(
                RequestCancelledError("The server closes this connection.")
            )
            await self._requests.answered(self._timeout)
        await self._writer.flush(self._timeout)
        # The reader may wait for a reply that never goes out.
        self._requests.abandon()
        self._transport.end(code, reason)


def closing() -> UnavailableError:
    """What is said of a request that comes after it has begun."""
    return UnavailableError("This connection is being closed.")
