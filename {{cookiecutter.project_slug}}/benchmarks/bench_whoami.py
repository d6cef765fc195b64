"""A package without database, against a bare echo."""

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.settings import Settings

from benchmarks.comparison import Comparison
from benchmarks.load.package_requests import PackageRequests


def baseline(_: Settings) -> Starlette:
    """Sends back what it gets."""

    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        async for text in socket.iter_text():
            await socket.send_text(text)

    return Starlette(routes=[WebSocketRoute("/web", echo)])


comparison = Comparison(
    title="WHOAMI, all on",
    load=PackageRequests(pkg_id=PkgID.WHOAMI),
    baseline=baseline,
    baseline_title="bare WebSocket echo",
    baseline_load=PackageRequests(pkg_id=PkgID.WHOAMI, success='"data":{}'),
    aim=0.5,
)
