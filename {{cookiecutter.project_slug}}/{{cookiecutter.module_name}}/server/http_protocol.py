"""uvicorn's HTTP, which sends clients elsewhere while the service drains."""

from typing import cast, override

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

# For the first request of a connection that was let in just before the end.
FIRST_REQUEST_SECONDS = 1.0


class DrainState(ServerState):
    """What all connections of a server share."""

    draining = False


class HttpProtocol(HttpToolsProtocol):
    """One connection."""

    @override
    def on_headers_complete(self) -> None:
        """A reply of a draining service says `Connection: close`.

        Else the client might send its next request into the closing socket.
        """
        super().on_headers_complete()
        state = cast("DrainState", self.server_state)
        if state.draining and self.cycle is not None:
            self.cycle.keep_alive = False

    @override
    def shutdown(self) -> None:
        """Who has asked nothing so far may still be about to.

        Closing at once would leave that request without an answer.
        """
        if self.cycle is None:
            self.loop.call_later(FIRST_REQUEST_SECONDS, self._end)
        else:
            self._end()

    def _end(self) -> None:
        # A connection that became a WebSocket meanwhile is not ours.
        if self in self.connections:
            super().shutdown()
