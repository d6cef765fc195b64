"""uvicorn's HTTP, which sends clients elsewhere while the service drains."""

from typing import cast, override

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState


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
