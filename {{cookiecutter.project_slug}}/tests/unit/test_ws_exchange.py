"""Whatever becomes of a request, there is one answer."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable

import pytest

from {{cookiecutter.module_name}}.api.ws.exchange import Exchange
from {{cookiecutter.module_name}}.exceptions import (
    HandlerTimeoutError,
    RequestCancelledError,
)
from {{cookiecutter.module_name}}.schemas.frame import Frame

ANSWER = Frame(b"answer")
REFUSED = Frame(b"refused")
type Work = Callable[[], Awaitable[Frame]]


class Answers:
    """What went out, and why."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.reasons: list[Exception] = []
        self.first = asyncio.Event()
        self.settled: list[Frame] = []
        self.may_settle = asyncio.Event()
        self.may_settle.set()
        self.exchange = Exchange("test", self.refuse, self.keep, self._settle)

    def refuse(self, reason: Exception) -> Frame:
        """Notes why."""
        self.reasons.append(reason)
        return REFUSED

    async def _settle(self, frame: Frame) -> Frame:
        self.settled.append(frame)
        await self.may_settle.wait()
        return frame

    async def keep(self, frame: Frame) -> None:
        """Notes what goes out."""
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


async def test_what_is_answered_is_forgotten_before_its_time_is_over() -> None:
    answers = Answers()
    answers.may_settle.clear()
    answers.exchange.start(quick(), 3600)
    answers.may_settle.set()
    await answers.come()
    known = weakref.ref(answers)
    del answers
    async with asyncio.timeout(5):
        while known() is not None:
            await asyncio.sleep(0)
            gc.collect()


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
    # Yet it is known what became of it.
    assert answers.settled == [REFUSED]


@pytest.mark.parametrize("work", [quick, waits, does_not_listen])
async def test_what_is_being_settled_is_settled_to_its_end(work: Work) -> None:
    """Neither a cancellation nor a client that leaves cuts it short."""
    answers = Answers()
    answers.may_settle.clear()
    answers.exchange.start(work(), 0.05)
    async with asyncio.timeout(5):
        while not answers.settled:
            await asyncio.sleep(0.01)
    answers.exchange.stop()
    task = answers.exchange.abandon()
    assert task is not None
    answers.may_settle.set()
    await asyncio.wait({task}, timeout=5)
    assert task.done()
    assert not task.cancelled()
    assert len(answers.settled) == 1
    assert answers.frames == []


async def test_what_fails_to_settle_is_answered_with_an_error() -> None:
    answers = Answers()

    async def fails(_: Frame) -> Frame:
        raise ValueError

    exchange = Exchange("test", answers.refuse, answers.keep, fails)
    exchange.start(quick(), 5)
    assert answers.frames == [REFUSED]
