"""When a breaker opens, whom it lets try, and what it does not listen to."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from {{cookiecutter.module_name}}.exceptions import NotFoundError, UnavailableError
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    BreakerMetrics,
)
from {{cookiecutter.module_name}}.protection.circuit_breaker import (
    CircuitBreaker,
    State,
)

from tests.issuer import Clock

FAILURES = 3
PAUSE = 5.0


@pytest.fixture
def clock() -> Clock:
    return Clock(100)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def breaker(clock: Clock, registry: CollectorRegistry) -> CircuitBreaker:
    return CircuitBreaker(
        "part",
        BreakerMetrics(registry),
        trips=(ConnectionError,),
        failures=FAILURES,
        pause=PAUSE,
        clock=clock,
    )


class Part:
    """Answers when it is told to; counts who asks."""

    def __init__(self) -> None:
        self.asked = 0
        self.answers: list[asyncio.Future[str]] = []

    async def ask(self) -> str:
        self.asked += 1
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()
        self.answers.append(answer)
        return await answer


async def works() -> str:
    return "fine"


async def fails() -> str:
    raise ConnectionError


async def refuses() -> str:
    raise NotFoundError("There is no such thing.")


async def fail(breaker: CircuitBreaker, times: int = FAILURES) -> None:
    for _ in range(times):
        with pytest.raises(ConnectionError):
            await breaker.call(fails)


def state_of(breaker: CircuitBreaker) -> State:
    """Asked anew: it changes behind mypy's back."""
    return breaker.state


async def refused(breaker: CircuitBreaker) -> bool:
    try:
        await breaker.call(works)
    except UnavailableError:
        return True
    return False


async def begin(
    breaker: CircuitBreaker, work: Callable[[], Awaitable[str]], count: int = 1
) -> list[asyncio.Task[str]]:
    tasks = [asyncio.ensure_future(breaker.call(work)) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_it_opens_after_failures_in_a_row(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    await fail(breaker, FAILURES - 1)
    assert await breaker.call(works) == "fine"
    await fail(breaker, FAILURES - 1)
    assert not breaker.refusing
    await fail(breaker, 1)
    assert breaker.refusing
    assert await refused(breaker)
    clock.now += PAUSE - 0.01
    assert await refused(breaker)
    clock.now += 0.01
    assert not await refused(breaker)
    assert state_of(breaker) is State.CLOSED


async def test_a_refusal_shows_that_the_part_is_there(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    await fail(breaker, FAILURES - 1)
    with pytest.raises(NotFoundError):
        await breaker.call(refuses)
    await fail(breaker, FAILURES - 1)
    assert state_of(breaker) is State.CLOSED
    await fail(breaker, 1)
    clock.now += PAUSE
    with pytest.raises(NotFoundError):
        await breaker.call(refuses)
    assert state_of(breaker) is State.CLOSED


async def test_one_of_fifty_may_try(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    await fail(breaker)
    clock.now += PAUSE
    part = Part()
    tasks = await begin(breaker, part.ask, 50)
    assert state_of(breaker) is State.HALF_OPEN
    assert part.asked == 1
    part.answers[0].set_result("back")
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results.count("back") == 1
    assert sum(isinstance(r, UnavailableError) for r in results) == 49
    assert state_of(breaker) is State.CLOSED


async def test_a_failed_try_costs_another_pause(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    await fail(breaker)
    clock.now += PAUSE
    await fail(breaker, 1)
    clock.now += PAUSE - 0.01
    assert await refused(breaker)
    clock.now += 0.01
    assert not await refused(breaker)


async def test_a_cancelled_try_leaves_its_place(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    await fail(breaker)
    clock.now += PAUSE
    (task,) = await begin(breaker, Part().ask)
    assert await refused(breaker)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not await refused(breaker)
    assert state_of(breaker) is State.CLOSED


@pytest.mark.parametrize("ending", ["success", "failure", "cancelled"])
@pytest.mark.parametrize("state", list(State), ids=lambda state: state.name)
async def test_a_call_from_before_changes_nothing(
    breaker: CircuitBreaker, clock: Clock, state: State, ending: str
) -> None:
    part = Part()
    old = await begin(breaker, part.ask, FAILURES)
    await fail(breaker)
    if state is not State.OPEN:
        clock.now += PAUSE
    if state is State.CLOSED:
        await breaker.call(works)
    if state is State.HALF_OPEN:
        await begin(breaker, part.ask)
    for task, answer in zip(old, part.answers, strict=False):
        match ending:
            case "success":
                answer.set_result("late")
            case "failure":
                answer.set_exception(ConnectionError())
            case _:
                task.cancel()
    await asyncio.gather(*old, return_exceptions=True)
    assert state_of(breaker) is state
    assert breaker.refusing is (state is not State.CLOSED)
    for answer in part.answers:
        answer.cancel()


async def test_it_is_counted_and_told_once(
    breaker: CircuitBreaker, clock: Clock, registry: CollectorRegistry
) -> None:
    def count(name: str) -> float | None:
        return registry.get_sample_value(name, {"service": "part"})

    assert count("circuit_breaker_state") == 0
    assert count("circuit_breaker_refused_total") == 0
    with capture_logs() as logs:
        await fail(breaker)
        assert count("circuit_breaker_state") == 2
        for _ in range(10):
            assert await refused(breaker)
        clock.now += PAUSE
        await fail(breaker, 1)
        clock.now += PAUSE
        assert not await refused(breaker)
    assert count("circuit_breaker_state") == 0
    assert count("circuit_breaker_failures_total") == FAILURES + 1
    assert count("circuit_breaker_refused_total") == 10
    assert [line["event"] for line in logs] == [
        "Circuit breaker opens",
        "Circuit breaker closes",
    ]
    assert {line["service"] for line in logs} == {"part"}
