"""One request of a socket and its one reply."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from {{cookiecutter.module_name}}.exceptions import (
    HandlerTimeoutError,
    RequestCancelledError,
    ServiceError,
)
from {{cookiecutter.module_name}}.schemas.frame import Frame

logger = structlog.get_logger(__name__)

# A handler that is told to stop gets this long to clean up.
GRACE_SECONDS = 1.0


class Exchange:
    """Runs `work`; whatever becomes of it, `answer` gets one frame.

    `work` returns the reply; `refuse` makes one of the reason for which
    the exchange was stopped.
    """

    __slots__ = (
        "_answer",
        "_answered",
        "_name",
        "_reason",
        "_refuse",
        "_stopping",
        "_task",
        "_timer",
    )

    def __init__(
        self,
        name: str,
        refuse: Callable[[Exception], Frame],
        answer: Callable[[Frame], Awaitable[None]],
    ) -> None:
        self._name = name
        self._refuse = refuse
        self._answer = answer
        self._answered = False
        self._stopping = False
        self._reason: ServiceError | None = None
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self, work: Awaitable[Frame], timeout: float) -> None:
        """Runs at once as far as it comes without waiting."""
        loop = asyncio.get_running_loop()
        self._task = asyncio.Task(
            self._run(work), loop=loop, eager_start=True, name=self._name
        )
        if not self._task.done():
            late = HandlerTimeoutError(f"No answer within {timeout:g} s.")
            self._timer = loop.call_later(timeout, self.stop, late)

    def stop(self, reason: ServiceError | None = None) -> None:
        """Ends the work; the reply names the first reason.

        Told once: a second cancellation would cut the cleaning up short.
        """
        if self._answered or self._task is None or self._stopping:
            return
        self._stopping = True
        self._reason = reason
        self._disarm()
        self._task.cancel()
        self._timer = asyncio.get_running_loop().call_later(
            GRACE_SECONDS, self._answer_without_it
        )

    def abandon(self) -> asyncio.Task[None] | None:
        """Ends the work without a reply; returns what still has to end."""
        self._answered = True
        self._disarm()
        if self._task is None or self._task.done():
            return None
        self._task.cancel()
        return self._task

    async def _run(self, work: Awaitable[Frame]) -> None:
        try:
            frame = await work
        except asyncio.CancelledError:
            frame = self._refusal()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            logger.exception("A package failed unexpectedly", exc_info=error)
            frame = self._refuse(RuntimeError())
        await self._answer_once(frame)

    async def _answer_once(self, frame: Frame) -> None:
        if self._answered:
            return
        self._answered = True
        self._disarm()
        await self._answer(frame)

    def _answer_without_it(self) -> None:
        logger.error("A handler does not stop", package=self._name)
        self._task = asyncio.ensure_future(self._answer_once(self._refusal()))

    def _refusal(self) -> Frame:
        reason = self._reason or RequestCancelledError(
            "The request was cancelled."
        )
        return self._refuse(reason)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
