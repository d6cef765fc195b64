"""Any order of calls, answers and time: what always holds of a breaker."""

from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from prometheus_client import CollectorRegistry

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    BreakerMetrics,
)
from {{cookiecutter.module_name}}.protection.circuit_breaker import (
    CircuitBreaker,
    State,
)

from tests.issuer import Clock

FAILURES = 3
PAUSE = 5


class Wait:
    """Until somebody goes on with whoever awaits it."""

    def __await__(self) -> Generator[None]:
        yield


async def work() -> None:
    await Wait()


@dataclass(frozen=True)
class Call:
    """One that runs, and the era in which it began."""

    coroutine: Coroutine[Any, Any, None]
    era: int


class Rules(RuleBasedStateMachine):
    """Drives the coroutines itself: no loop, no time."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock(0)
        self.breaker = CircuitBreaker(
            "part",
            BreakerMetrics(CollectorRegistry()),
            trips=(ConnectionError,),
            failures=FAILURES,
            pause=PAUSE,
            clock=self.clock,
        )
        self.era = 0
        self.failures = 0
        self.opened = 0.0
        self.calls: list[Call] = []

    @rule()
    def begin(self) -> None:
        before = self.breaker.state
        waited = self.clock.now - self.opened >= PAUSE
        coroutine = self.breaker.call(work)
        try:
            coroutine.send(None)
        except UnavailableError:
            assert before is not State.CLOSED
            assert before is State.HALF_OPEN or not waited
            return
        assert before is State.CLOSED or (before is State.OPEN and waited)
        self.note(before)
        self.calls.append(Call(coroutine, self.era))

    @rule(data=st.data(), how=st.sampled_from(("ok", "trip", "other", "gone")))
    def end(self, data: st.DataObject, how: str) -> None:
        if not self.calls:
            return
        place = data.draw(st.integers(0, len(self.calls) - 1))
        call = self.calls.pop(place)
        before = self.breaker.state
        self.go_on(call, how)
        if call.era != self.era:
            assert self.breaker.state is before
            return
        self.failures = self.failures + 1 if how == "trip" else self.failures
        expected = self.expected(before, how)
        assert self.breaker.state is expected
        if how in {"ok", "other"}:
            self.failures = 0
        if expected is State.OPEN and how == "trip":
            self.opened = self.clock.now
        self.note(before)

    @rule(seconds=st.integers(1, PAUSE))
    def wait(self, seconds: int) -> None:
        self.clock.now += seconds

    @invariant()
    def one_tries(self) -> None:
        if self.breaker.state is State.HALF_OPEN:
            assert sum(call.era == self.era for call in self.calls) == 1

    @invariant()
    def patience_ends(self) -> None:
        if self.breaker.state is State.CLOSED:
            assert self.failures < FAILURES

    def expected(self, before: State, how: str) -> State:
        if how in {"ok", "other"}:
            return State.CLOSED
        if before is State.HALF_OPEN:
            return State.OPEN
        tired = how == "trip" and self.failures >= FAILURES
        return State.OPEN if tired else State.CLOSED

    def note(self, before: State) -> None:
        if self.breaker.state is not before:
            self.era += 1
            self.failures = 0

    def go_on(self, call: Call, how: str) -> None:
        errors = {"trip": ConnectionError(), "other": LookupError()}
        try:
            if how == "ok":
                call.coroutine.send(None)
            elif how == "gone":
                call.coroutine.close()
            else:
                call.coroutine.throw(errors[how])
        except (StopIteration, ConnectionError, LookupError):
            pass

    def teardown(self) -> None:
        for call in self.calls:
            call.coroutine.close()


TestRules = Rules.TestCase
TestRules.settings = settings(max_examples=100, deadline=None)
