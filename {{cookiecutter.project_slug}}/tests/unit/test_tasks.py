"""Background tasks restart after a failure and end with the application."""

import asyncio
from contextvars import ContextVar

import pytest

from {{cookiecutter.module_name}}.tasks.registry import TaskRegistry


async def test_a_failed_task_is_tried_again() -> None:
    tasks, attempts, done = TaskRegistry(backoff=0), [], asyncio.Event()

    async def work() -> None:
        attempts.append(1)
        if len(attempts) < 3:
            raise RuntimeError("not yet")
        done.set()

    tasks.start("work", work)
    async with asyncio.timeout(5):
        await done.wait()
    assert len(attempts) == 3
    await tasks.close()


async def test_close_cancels_what_runs() -> None:
    tasks, cancelled = TaskRegistry(), asyncio.Event()
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    tasks.start("work", work)
    await begun.wait()
    with pytest.raises(ValueError, match="work"):
        tasks.start("work", work)
    await tasks.close()
    assert cancelled.is_set()
    assert tasks.running == ()


async def test_a_task_is_not_part_of_what_started_it() -> None:
    tasks, variable = TaskRegistry(), ContextVar("variable", default="none")
    seen: list[str] = []

    async def work() -> None:
        seen.append(variable.get())

    variable.set("of a request")
    tasks.start("work", work)
    async with asyncio.timeout(5):
        while tasks.running:
            await asyncio.sleep(0)
    assert seen == ["none"]
