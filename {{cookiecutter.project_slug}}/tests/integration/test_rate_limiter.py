"""Sliding windows on a real Redis."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping

import pytest

from {{cookiecutter.module_name}}.protection.rate_limiter import LimitCheck

from tests.limiters import LimiterParts, limiter_parts

WINDOW = 0.3
PATIENCE_SECONDS = 20


@pytest.fixture
async def parts(
    redis_env: Mapping[str, str],
) -> AsyncIterator[LimiterParts]:
    async with limiter_parts(redis_env) as found:
        yield found


async def test_so_many_and_no_more(parts: LimiterParts) -> None:
    check = parts.limiter.check_rate_limit
    answers = [await check("k", 3) for _ in range(5)]
    assert answers == [
        (True, 2),
        (True, 1),
        (True, 0),
        (False, 0),
        (False, 0),
    ]
    assert await check("other", 3) == (True, 2)


async def test_a_burst_is_on_top(parts: LimiterParts) -> None:
    check = parts.limiter.check_rate_limit
    answers = [await check("k", 2, burst=2) for _ in range(5)]
    assert [allowed for allowed, _ in answers] == [True] * 4 + [False]
    assert answers[0] == (True, 3)


async def test_a_setting_may_be_the_limit(
    redis_env: Mapping[str, str],
) -> None:
    name = "LOGIN_RATE_LIMIT_PER_MINUTE"
    async with limiter_parts(redis_env, **{name: "7"}) as parts:
        checked = await parts.limiter.check([LimitCheck("k", name, 60, 2)])
        [verdict] = checked.verdicts
        assert (verdict.limit, verdict.remaining) == (9, 8)


async def test_at_once_is_exact(parts: LimiterParts) -> None:
    asked = (parts.limiter.check_rate_limit("k", 10) for _ in range(50))
    answers = await asyncio.gather(*asked)
    assert sum(allowed for allowed, _ in answers) == 10
    left = sorted(remaining for allowed, remaining in answers if allowed)
    assert left == list(range(10))
    assert await parts.held("k") == 10, "a refusal is not counted"


async def test_the_window_slides(parts: LimiterParts) -> None:
    """Each request leaves by itself; a fixed window would free all at once."""
    now = await parts.now()
    times = {"first": now - 61_000_000, "second": now - 30_000_000}
    await parts.redis.zadd(f"{parts.prefix}k", times)
    check = [LimitCheck("k", 2)]
    [verdict] = (await parts.limiter.check(check)).verdicts
    assert (verdict.is_allowed, verdict.remaining) == (True, 0)
    [verdict] = (await parts.limiter.check(check)).verdicts
    assert not verdict.is_allowed
    left = 30 - (await parts.now() - now) / 1e6
    assert left <= verdict.retry_after <= 30
    assert 30 < verdict.reset <= 60


async def test_room_comes_back(parts: LimiterParts) -> None:
    async def ask() -> bool:
        allowed, _ = await parts.limiter.check_rate_limit("k", 1, WINDOW)
        return allowed

    assert await ask()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await ask():
            await asyncio.sleep(0.01)


async def test_any_window_holds_no_more(parts: LimiterParts) -> None:
    """Asked without pause, it lets `limit` through in each span."""
    passed: list[float] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(passed) < 12:
            before = time.monotonic()
            allowed, _ = await parts.limiter.check_rate_limit("k", 4, WINDOW)
            if allowed:
                passed.append(before)
                passed.append(time.monotonic())
    begins, ends = passed[::2], passed[1::2]
    for index in range(len(begins) - 4):
        # Counted between its begin and its end.
        assert ends[index + 4] - begins[index] >= WINDOW


async def test_what_a_verdict_tells(parts: LimiterParts) -> None:
    window = LimitCheck("k", 1, 60, 1, "route")
    [first] = (await parts.limiter.check([window])).verdicts
    assert first.is_allowed
    assert (first.limit, first.remaining, first.kind) == (2, 1, "route")
    assert (first.reset, first.retry_after) == (60, 0)
    await parts.limiter.check([window])
    checked = await parts.limiter.check([window])
    [third] = checked.verdicts
    assert not third.is_allowed
    assert 0 < third.retry_after < third.reset < 60
    assert checked.refusal is not None
    assert checked.refusal.retry_after == third.retry_after
    hits = "rate_limit_hits_total"
    assert parts.sample(hits, limit_type="route") == 1


async def test_several_are_all_or_nothing(parts: LimiterParts) -> None:
    narrow, wide = LimitCheck("narrow", 1), LimitCheck("wide", 9, kind="wide")
    first = await parts.limiter.check([wide, narrow])
    assert [v.remaining for v in first.verdicts] == [8, 0]
    second = await parts.limiter.check([wide, narrow])
    assert [v.is_allowed for v in second.verdicts] == [True, False]
    assert [v.remaining for v in second.verdicts] == [8, 0]
    assert await parts.held("wide") == 1
    assert second.tightest == second.verdicts[1]
    assert second.refusal is not None
    assert parts.sample("rate_limit_hits_total", limit_type="wide") == 0


async def test_two_limits_of_one_window(parts: LimiterParts) -> None:
    checks = [LimitCheck("k", 3), LimitCheck("k", 2)]
    asked = [await parts.limiter.check(checks) for _ in range(3)]
    left = [[v.remaining for v in one.verdicts] for one in asked]
    assert left == [[2, 1], [1, 0], [1, 0]]
    assert asked[2].tightest == asked[2].verdicts[1]
    assert await parts.held("k") == 2


async def test_who_waits_waits_for_all_windows(parts: LimiterParts) -> None:
    checks = [LimitCheck("hour", 1, 3600), LimitCheck("minute", 1, 60)]
    for order in (checks, checks[::-1]):
        await parts.limiter.check(order)
        refusal = (await parts.limiter.check(order)).refusal
        assert refusal is not None
        assert refusal.retry_after > 60


async def test_a_command_sent_again_counts_once(parts: LimiterParts) -> None:
    checks = [LimitCheck("a", 1), LimitCheck("b", 3)]
    one = await parts.limiter.check(checks, member="same")
    again = await parts.limiter.check(checks, member="same")
    assert [v.is_allowed for v in again.verdicts] == [True, True]
    assert [v[:3] for v in one.verdicts] == [v[:3] for v in again.verdicts]
    assert [await parts.held(key) for key in "ab"] == [1, 1]
    assert (await parts.limiter.check(checks)).refusal is not None


async def test_values_are_read_on_the_way(parts: LimiterParts) -> None:
    await parts.redis.set(f"{parts.prefix}there", "1")
    keys = [f"{parts.prefix}there", f"{parts.prefix}absent"]
    checked = await parts.limiter.check([LimitCheck("k", 1)], keys)
    assert checked.values == (b"1", None)
    refused = await parts.limiter.check([LimitCheck("k", 1)], keys)
    assert refused.refusal is not None
    assert refused.values == (b"1", None)
    alone = await parts.limiter.check([], keys)
    assert alone == ((), (b"1", None))
    assert await parts.limiter.check([]) == ((), ())


async def test_the_clock_is_that_of_redis(
    parts: LimiterParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    before = await parts.now()
    await parts.limiter.check_rate_limit("k", 5)
    [score] = await parts.times("k")
    assert before <= score <= await parts.now()


async def test_a_clock_that_was_put_back_locks_nobody_out(
    parts: LimiterParts,
) -> None:
    future = await parts.now() + 3600 * 1_000_000
    members = {f"old{number}": future for number in range(3)}
    await parts.redis.zadd(f"{parts.prefix}k", members)
    assert await parts.limiter.check_rate_limit("k", 3) == (True, 2)


async def test_a_lowered_limit_says_when_one_fits(
    parts: LimiterParts,
) -> None:
    for _ in range(5):
        await parts.limiter.check_rate_limit("k", 5)
    [verdict] = (await parts.limiter.check([LimitCheck("k", 2)])).verdicts
    now = await parts.now()
    fourth = (await parts.times("k"))[3]
    assert not verdict.is_allowed
    left = 60 - (now - fourth) / 1e6
    assert left <= verdict.retry_after < 60


async def test_keys_go_away(parts: LimiterParts) -> None:
    await parts.limiter.check_rate_limit("k", 5, 0.05)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await parts.redis.exists(f"{parts.prefix}k"):
            await asyncio.sleep(0.01)
    await parts.limiter.check_rate_limit("k", 5)
    left = await parts.redis.pttl(f"{parts.prefix}k")
    assert 0 < left <= 60_001


async def test_switched_off_it_asks_nobody(
    service_env: Mapping[str, str],
) -> None:
    async with limiter_parts(service_env, RATE_LIMIT_ENABLED="false") as parts:
        answers = [
            await parts.limiter.check_rate_limit("off", 1) for _ in range(3)
        ]
        assert answers == [(True, 1)] * 3
        assert await parts.held("off") == 0
