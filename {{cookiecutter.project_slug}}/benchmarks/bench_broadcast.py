"""A message to 800 sockets through Redis, against a bare loop."""

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from {{cookiecutter.module_name}}.settings import Settings

from benchmarks.comparison import Comparison
from benchmarks.load.broadcast import Broadcast
from benchmarks.load.publishers import (
    CONTROL_PATH,
    through_redis,
    through_socket,
)

SOCKETS = 800


def baseline(_: Settings) -> Starlette:
    """Sends to one after another, whatever that does to the others."""
    sockets: set[WebSocket] = set()

    async def listen(socket: WebSocket) -> None:
        await socket.accept()
        sockets.add(socket)
        async for _ in socket.iter_text():
            pass
        sockets.remove(socket)

    async def publish(control: WebSocket) -> None:
        await control.accept()
        async for text in control.iter_text():
            for socket in tuple(sockets):
                await socket.send_text(text)

    return Starlette(
        routes=[
            WebSocketRoute("/web", listen),
            WebSocketRoute(CONTROL_PATH, publish),
        ]
    )


comparison = Comparison(
    title=f"broadcast to {SOCKETS}, through Redis",
    load=Broadcast(publisher=through_redis, sockets=SOCKETS),
    baseline=baseline,
    baseline_title=f"bare send loop over {SOCKETS}",
    baseline_load=Broadcast(publisher=through_socket, sockets=SOCKETS),
    aim=0.8,
)
