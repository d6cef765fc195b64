"""Logouts in the process: they wait, hold, and are forgotten in time."""

import pytest
from structlog.testing import capture_logs

from {{cookiecutter.module_name}}.protection.held_revocations import (
    HeldRevocations,
)

from tests.issuer import Clock


def test_a_value_is_raised_only() -> None:
    held = HeldRevocations(60)
    for value in (5, 7, 6):
        held.put("a", value, waiting=True)
    assert held.get("a") == 7
    assert [*held.waiting] == ["a"]


def test_what_was_raised_meanwhile_still_waits() -> None:
    held = HeldRevocations(60)
    held.put("a", 5, waiting=True)
    held.put("a", 7, waiting=True)
    held.written("a", 5)
    assert [*held.waiting] == ["a"]
    held.written("a", 7)
    assert not held.waiting
    assert held.get("a") == 7


def test_hearsay_does_not_wait_and_does_not_end_the_waiting() -> None:
    held = HeldRevocations(60)
    held.put("a", 1, waiting=False)
    assert not held.waiting
    held.put("b", 1, waiting=True)
    held.put("b", 1, waiting=False)
    assert [*held.waiting] == ["b"]


def test_all_goes_back_to_a_redis_that_lost_it() -> None:
    held = HeldRevocations(60)
    held.put("a", 1, waiting=True)
    held.written("a", 1)
    held.put("b", 1, waiting=False)
    held.write_again()
    assert set(held.waiting) == {"a", "b"}


def test_what_no_token_outlives_is_forgotten() -> None:
    clock = Clock(0)
    held = HeldRevocations(60, clock=clock)
    held.put("a", 1, waiting=False)
    clock.now = 59
    held.put("b", 1, waiting=False)
    assert held.get("a") == 1
    clock.now = 60
    held.put("c", 1, waiting=False)
    assert held.get("a") is None
    assert len(held) == 2


@pytest.mark.parametrize("waiting", [False, True])
def test_there_is_room_for_so_many(waiting: bool) -> None:
    held = HeldRevocations(60, most=3)
    with capture_logs() as logs:
        for name in "abcdef":
            held.put(name, 1, waiting=waiting)
    assert [held.get(name) for name in "abcdef"] == [None] * 3 + [1] * 3
    assert len(logs) == int(waiting)


def test_what_waits_is_kept_before_what_is_written() -> None:
    held = HeldRevocations(60, most=3)
    held.put("a", 1, waiting=True)
    for name in "bcdef":
        held.put(name, 1, waiting=False)
    assert [*held.waiting] == ["a"]
    assert held.get("a") == 1
