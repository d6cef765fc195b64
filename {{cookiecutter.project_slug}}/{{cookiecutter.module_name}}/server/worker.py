"""One process that serves, alone or as one of several."""

import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path

import uvicorn

from {{cookiecutter.module_name}}.api.ws.uvicorn_protocol import (
    WebSocketProtocol,
)
from {{cookiecutter.module_name}}.app import create_app
from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.observability.logging import configure_logging
from {{cookiecutter.module_name}}.server.draining_server import DrainingServer
from {{cookiecutter.module_name}}.server.http_protocol import HttpProtocol
from {{cookiecutter.module_name}}.settings import Settings

START_FAILED = 1


def run_server(
    settings: Settings,
    packages: Sequence[str],
    listener: socket.socket,
    *,
    parent: int | None = None,
    on_started: Callable[[], None] = lambda: None,
) -> int:
    """Serves until a signal, or until `parent` is gone; the exit code."""
    app = create_app(settings, packages=packages)
    config = uvicorn.Config(
        app,
        http=HttpProtocol,
        ws=WebSocketProtocol,
        ws_max_size=settings.WS_MAX_MESSAGE_SIZE,
        ws_ping_interval=settings.WS_PING_INTERVAL,
        ws_ping_timeout=settings.WS_PING_TIMEOUT,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # A pipelined request would begin in the context of the one before.
        reset_contextvars=True,
    )
    server = DrainingServer(config, app, settings, parent, on_started)
    try:
        server.run(sockets=[listener])
    except SystemExit:  # How uvicorn says that the lifespan did not start.
        return START_FAILED
    return 0 if server.started or server.should_exit else START_FAILED


class Worker:
    """Such a process, as its supervisor sees it; starts at once.

    It removes `leftover` when nobody else is there to do it.
    """

    def __init__(
        self,
        settings: Settings,
        packages: Sequence[str],
        listener: socket.socket,
        leftover: Path | None,
    ) -> None:
        context = get_context("spawn")
        self.news, news = context.Pipe(duplex=False)
        self.started = False
        self._process = context.Process(
            target=_work,
            args=(settings, packages, listener, leftover, os.getpid(), news),
        )
        # Ctrl-C in a terminal reaches all processes of the service, but only
        # the supervisor is to act on it. The tracker unblocks what it finds
        # blocked, so it has to be there before.
        resource_tracker.ensure_running()
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
            news.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid or 0

    @property
    def sentinel(self) -> int:
        """Becomes readable when the process ends."""
        return self._process.sentinel

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the number of the signal it died of."""
        return self._process.exitcode

    def note_start(self) -> None:
        """Learns whether it has started; does not wait."""
        if not self.started and self.news.poll():
            with suppress(EOFError):
                self.started = self.news.recv()

    def drain(self) -> None:
        """Asks it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """Ends it now."""
        self._process.kill()
        self._process.join()


def _work(
    settings: Settings,
    packages: Sequence[str],
    listener: socket.socket,
    leftover: Path | None,
    parent: int,
    news: Connection,
) -> None:
    try:
        configure_logging(settings)
        code = run_server(
            settings,
            packages,
            listener,
            parent=parent,
            on_started=lambda: news.send(True),
        )
    except StartupError as error:
        print(f"error: {error}", file=sys.stderr)
        code = START_FAILED
    if leftover is not None and os.getppid() != parent:
        shutil.rmtree(leftover, ignore_errors=True)
    sys.exit(code)
