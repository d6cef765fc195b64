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
    the exchange was stopped. `settle` gets the one that was chosen, also
    when nobody waits for it, and returns what goes out.
    """

    __slots__ = (
        "_abandoned",
        "_answer",
        "_name",
        "_reason",
        "_refuse",
        "_settle",
        "_settled",
        "_settling",
        "_stopping",
        "_task",
        "_timer",
    )

    def __init__(
        self,
        name: str,
        refuse: Callable[[Exception], Frame],
        answer: Callable[[Frame], Awaitable[None]],
        settle: Callable[[Frame], Awaitable[Frame]] | None = None,
    ) -> None:
        self._name = name
        self._refuse = refuse
        self._answer = answer
        self._settle = settle
        self._abandoned = False
        self._settled = False
        self._settling = False
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
        # What is settled has a time limit of its own; an alarm that nobody
        # disarms would keep all of the request until it goes off.
        if not self._task.done() and not self._settled:
            late = HandlerTimeoutError(f"No answer within {timeout:g} s.")
            self._timer = loop.call_later(timeout, self.stop, late)

    def stop(self, reason: ServiceError | None = None) -> None:
        """Ends the work; the reply names the first reason.

        Told once: a second cancellation would cut the cleaning up short.
        """
        if self._settled or self._task is None or self._stopping:
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
        self._abandoned = True
        self._disarm()
        if self._task is None or self._task.done():
            return None
        if not self._settling:
            self._reason = self._reason or RequestCancelledError(
                "The client is gone."
            )
            self._task.cancel()
        return self._task

    async def _run(self, work: Awaitable[Frame]) -> None:
        try:
            frame = await work
        except asyncio.CancelledError:
            frame = self._refusal()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - becomes the reply
            frame = self._unexpected(error)
        await self._finish(frame)

    async def _finish(self, frame: Frame) -> None:
        """Whoever comes first has the say."""
        if self._settled:
            return
        self._settled = True
        self._disarm()
        if self._settle is not None:
            frame = await self._settle_by(self._settle, frame)
        if not self._abandoned:
            await self._answer(frame)

    async def _settle_by(
        self, settle: Callable[[Frame], Awaitable[Frame]], frame: Frame
    ) -> Frame:
        self._settling = True
        try:
            return await settle(frame)
        except Exception as error:  # noqa: BLE001 - becomes the reply
            return self._unexpected(error)
        finally:
            self._settling = False

    def _answer_without_it(self) -> None:
        logger.error("A handler does not stop", package=self._name)
        self._task = asyncio.ensure_future(self._finish(self._refusal()))

    def _unexpected(self, error: BaseException) -> Frame:
        logger.exception("A package failed unexpectedly", exc_info=error)
        return self._refuse(RuntimeError())

    def _refusal(self) -> Frame:
        reason = self._reason or RequestCancelledError(
            "The request was cancelled."
        )
        return self._refuse(reason)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
