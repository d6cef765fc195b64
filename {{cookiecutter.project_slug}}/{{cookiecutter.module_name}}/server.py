"""A uvicorn server that drains: requests in flight finish, exit code 0."""

import math
import signal
import socket
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import structlog
import uvicorn
from fastapi import FastAPI

from {{cookiecutter.module_name}}.app import create_app
from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.observability.health import Phase
from {{cookiecutter.module_name}}.settings import Settings

logger = structlog.get_logger(__name__)


class DrainingServer(uvicorn.Server):
    """Tells the application that it drains before connections close."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(
        self, sockets: list[socket.socket] | None = None
    ) -> None:
        """Not ready, no new connections, requests finish, parts close."""
        self._app.state.context.phase = Phase.DRAINING
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """As uvicorn's, but does not raise the signal again at the end.

        A drained service has ended as asked, so its exit code is 0.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)


def serve(settings: Settings, *, packages: Sequence[str] = ()) -> int:
    """Runs until a signal; returns the exit code.

    `packages` as in `create_app`. Raises StartupError for a taken port.
    """
    listener = _listen(settings)
    app = create_app(settings, packages=packages)
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=math.ceil(settings.SHUTDOWN_TIMEOUT_SECONDS),
    )
    server = DrainingServer(config, app)
    logger.info(
        "Listening", url="http://{}:{}".format(*listener.getsockname()[:2])
    )
    server.run(sockets=[listener])
    return 0 if server.started else 1


def _listen(settings: Settings) -> socket.socket:
    """Binds before anything is built, so that a taken port says so first."""
    family = socket.AF_INET6 if ":" in settings.APP_HOST else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.APP_HOST, settings.APP_PORT))
    except OSError as error:
        listener.close()
        raise StartupError(
            f"{settings.APP_HOST}:{settings.APP_PORT} cannot be used: "
            f"{error.strerror}.",
            "end what listens there or set another APP_PORT or APP_HOST",
        ) from error
    return listener
