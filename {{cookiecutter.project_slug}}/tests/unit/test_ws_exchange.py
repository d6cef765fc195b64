"""Whatever becomes of a request, there is one answer."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from {{cookiecutter.module_name}}.api.ws.exchange import Exchange
from {{cookiecutter.module_name}}.exceptions import (
    HandlerTimeoutError,
    RequestCancelledError,
)
from {{cookiecutter.module_name}}.schemas.frame import Frame

ANSWER = Frame(b"answer")
type Work = Callable[[], Awaitable[Frame]]


class Answers:
    """What went out, and why."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.reasons: list[Exception] = []
        self.first = asyncio.Event()
        self.exchange = Exchange("test", self._refuse, self._keep)

    def _refuse(self, reason: Exception) -> Frame:
        self.reasons.append(reason)
        return Frame(b"refused")

    async def _keep(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.first.set()

    async def come(self) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(5):
            await self.first.wait()


async def quick() -> Frame:
    return ANSWER


async def waits() -> Frame:
    await asyncio.sleep(60)
    return ANSWER


async def does_not_listen() -> Frame:
    for _ in range(2):
        try:
            await asyncio.sleep(1.5)
        except asyncio.CancelledError:
            continue
    return ANSWER


async def cancels_itself() -> Frame:
    raise asyncio.CancelledError


async def test_what_is_done_at_once_is_answered_at_once() -> None:
    answers = Answers()
    answers.exchange.start(quick(), 5)
    assert answers.frames == [ANSWER]
    answers.exchange.stop()
    assert answers.frames == [ANSWER]


@pytest.mark.parametrize("work", [waits, does_not_listen])
async def test_the_time_is_up(work: Work) -> None:
    answers = Answers()
    answers.exchange.start(work(), 0.05)
    await answers.come()
    [reason] = answers.reasons
    assert isinstance(reason, HandlerTimeoutError)
    assert len(answers.frames) == 1


@pytest.mark.parametrize("work", [waits, does_not_listen])
async def test_taken_back(work: Work) -> None:
    answers = Answers()
    answers.exchange.start(work(), 60)
    answers.exchange.stop()
    answers.exchange.stop()
    await answers.come()
    assert {type(r) for r in answers.reasons} == {RequestCancelledError}
    assert len(answers.frames) == 1


async def test_an_end_that_comes_late_is_no_second_answer() -> None:
    answers = Answers()
    late = asyncio.Event()

    async def work() -> Frame:
        frame = await does_not_listen()
        late.set()
        return frame

    answers.exchange.start(work(), 0.05)
    await answers.come()
    async with asyncio.timeout(5):
        await late.wait()
    # It answers, or not, without waiting for anything more.
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(answers.frames) == 1
    assert answers.frames != [ANSWER]


async def test_work_that_cancels_itself_is_answered() -> None:
    answers = Answers()
    answers.exchange.start(cancels_itself(), 5)
    await answers.come()
    assert len(answers.frames) == 1


async def test_nobody_wants_to_know_any_more() -> None:
    answers = Answers()
    answers.exchange.start(waits(), 60)
    task = answers.exchange.abandon()
    assert task is not None
    await asyncio.wait({task}, timeout=5)
    assert task.done()
    assert answers.frames == []
