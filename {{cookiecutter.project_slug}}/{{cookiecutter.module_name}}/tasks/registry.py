"""Background tasks that live as long as the application."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context

import structlog

from {{cookiecutter.module_name}} import constants

logger = structlog.get_logger(__name__)

type Work = Callable[[], Awaitable[None]]


class TaskRegistry:
    """Starts named tasks, restarts one that fails, cancels all at the end."""

    def __init__(
        self, backoff: float = constants.TASK_ERROR_BACKOFF_SECONDS
    ) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._backoff = backoff

    def start(self, name: str, work: Work) -> None:
        """Runs `work` until it returns; a failure is logged and retried."""
        if name in self._tasks:
            raise ValueError(f"A task named {name!r} runs already.")
        # Not in the context of a request that happens to start it.
        task = asyncio.create_task(
            self._supervise(name, work), name=name, context=Context()
        )
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the tasks that have not ended."""
        return tuple(self._tasks)

    async def close(self) -> None:
        """Cancels what still runs and waits for it."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _supervise(self, name: str, work: Work) -> None:
        while True:
            try:
                await work()
            except Exception:
                logger.exception("A background task failed", task=name)
                await asyncio.sleep(self._backoff)
            else:
                return
