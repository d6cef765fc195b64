"""A uvicorn server that drains: what is in flight finishes, exit code 0."""

import asyncio
import faulthandler
import os
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, override

import structlog
import uvicorn
from fastapi import FastAPI

from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.observability.health import Phase
from {{cookiecutter.module_name}}.server.cancellations import (
    hide_cancellations,
)
from {{cookiecutter.module_name}}.server.deadline import Deadline
from {{cookiecutter.module_name}}.server.http_protocol import DrainState
from {{cookiecutter.module_name}}.settings import Settings

logger = structlog.get_logger(__name__)

TICK_SECONDS = 0.1
# What closing down may take beyond the time of the requests, at most.
CLOSING_SECONDS = 2.0


class DrainingServer(uvicorn.Server):
    """Ends in steps, all under one deadline; a second Ctrl-C forces.

    With a `parent` it is one of several workers: SIGINT is not for it, and
    it ends when that process is gone.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        app: FastAPI,
        settings: Settings,
        parent: int | None = None,
        on_started: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._app = app
        self._settings = settings
        self._parent = parent
        self._on_started = on_started
        self._state = self.server_state = DrainState()
        seconds = settings.SHUTDOWN_TIMEOUT_SECONDS
        self._reserve = min(CLOSING_SECONDS, seconds / 10)
        self._deadline = Deadline(seconds)
        self._starting: asyncio.Task[Any] | None = None

    @override
    async def startup(
        self, sockets: list[socket.socket] | None = None
    ) -> None:
        """Gives up when it is told to end meanwhile."""
        self._starting = asyncio.current_task()
        try:
            await super().startup(sockets)
        except asyncio.CancelledError:
            if not self.should_exit:
                raise
            logger.info("Ended before the start was over")
        else:
            self._on_started()
        finally:
            self._starting = None

    @override
    async def on_tick(self, counter: int) -> bool:
        if self._orphan and not self.should_exit:
            logger.warning("The supervisor is gone; its worker ends, too")
            self._begin_end()
        return await super().on_tick(counter)

    @override
    async def shutdown(
        self, sockets: list[socket.socket] | None = None
    ) -> None:
        """Not ready, a pause, sockets close, requests finish, parts close."""
        self._deadline = Deadline(self._settings.SHUTDOWN_TIMEOUT_SECONDS)
        self._context.phase = Phase.DRAINING
        self._state.draining = True
        await self._pause()
        await self._drain_sockets()
        try:
            async with asyncio.timeout(self._deadline.remaining() + 0.1):
                await super().shutdown(sockets)
        except TimeoutError:
            logger.warning("Closing the parts of the service takes too long")

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        again = self.should_exit
        super().handle_exit(sig, frame)
        if not again:
            self._begin_end()

    @override
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """As uvicorn's, but does not raise the signal again at the end.

        A drained service has ended as asked, so its exit code is 0.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = {signal.SIGTERM}
        if self._parent is None:
            numbers.add(signal.SIGINT)
        previous = {
            number: signal.signal(number, self.handle_exit)
            for number in numbers
        }
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    @property
    def _context(self) -> AppContext:
        context: AppContext = self._app.state.context
        return context

    @property
    def _orphan(self) -> bool:
        return self._parent is not None and os.getppid() != self._parent

    def _begin_end(self) -> None:
        self.should_exit = True
        hide_cancellations()
        if self._starting is not None:
            loop = self._starting.get_loop()
            loop.call_soon_threadsafe(self._give_up)
        # A handler that blocks the process or a thread cannot be cancelled:
        # says which it is, and ends with code 1.
        faulthandler.dump_traceback_later(
            self._settings.SHUTDOWN_TIMEOUT_SECONDS + CLOSING_SECONDS,
            exit=True,
        )

    def _give_up(self) -> None:
        if self._starting is not None:
            self._starting.cancel()

    async def _pause(self) -> None:
        """Until load balancers have noticed; there is none for an orphan."""
        if not self._orphan:
            await self._while_there_is_time(
                asyncio.sleep(self._settings.DRAIN_DELAY_SECONDS)
            )

    async def _drain_sockets(self) -> None:
        connections = self._context.connections
        spread = self._settings.WS_DRAIN_SPREAD
        left = self._deadline.remaining(reserve=3 * self._reserve)
        await self._while_there_is_time(
            connections.drain(spread, patience=left)
        )

    async def _while_there_is_time(
        self, work: Coroutine[Any, Any, None]
    ) -> None:
        task = asyncio.create_task(work)
        while not task.done() and not self.force_exit:
            left = self._deadline.remaining(reserve=2 * self._reserve)
            if not left:
                break
            await asyncio.wait({task}, timeout=min(TICK_SECONDS, left))
        task.cancel()
        await asyncio.wait({task}, timeout=self._reserve / 2)
        if task.done() and not task.cancelled() and task.exception():
            logger.error("Draining fails", exc_info=task.exception())

    @override
    async def _wait_tasks_to_complete(self) -> None:
        left = self._deadline.remaining(reserve=self._reserve)
        try:
            async with asyncio.timeout(left):
                await super()._wait_tasks_to_complete()
        except TimeoutError:
            await self._cut_off()

    async def _cut_off(self) -> None:
        tasks = set(self.server_state.tasks)
        logger.warning(
            "The time to drain is over; what still runs is cancelled",
            tasks=len(tasks),
            sockets=len(self._context.connections),
        )
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self._reserve / 2)
