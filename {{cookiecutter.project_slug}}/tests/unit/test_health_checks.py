"""Each part's state, and how they add up."""

import asyncio

from {{cookiecutter.module_name}}.observability.health import (
    HealthChecks,
    HealthState,
    overall,
)


async def works() -> None:
    return None


async def fails() -> None:
    raise ConnectionError("refused")


async def hangs() -> None:
    await asyncio.Event().wait()


async def test_all_well() -> None:
    checks = HealthChecks()
    checks.register("database", works, critical=True)
    results = await checks.run()
    assert overall(results) is HealthState.HEALTHY
    assert await checks.ready()


async def test_a_lesser_part_only_degrades() -> None:
    checks = HealthChecks()
    checks.register("database", works, critical=True)
    checks.register("redis", fails)
    results = await checks.run()
    assert results["redis"].state is HealthState.DEGRADED
    assert overall(results) is HealthState.DEGRADED
    assert await checks.ready()


async def test_a_critical_part_that_hangs_is_unhealthy() -> None:
    checks = HealthChecks(timeout=0.05)
    checks.register("database", hangs, critical=True)
    results = await checks.run()
    assert overall(results) is HealthState.UNHEALTHY
    assert not await checks.ready()
