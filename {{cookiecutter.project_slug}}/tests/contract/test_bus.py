"""What every bus does; an implementation joins by a fixture parameter."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.realtime.local_bus import LocalBus


@pytest.fixture(params=[LocalBus])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    implementation: Bus = request.param()
    yield implementation
    await implementation.close()


async def test_every_subscriber_gets_the_message(bus: Bus) -> None:
    seen: list[tuple[str, Any]] = []

    async def first(data: Any) -> None:
        seen.append(("first", data))

    async def second(data: Any) -> None:
        seen.append(("second", data))

    await bus.subscribe("news", first)
    await bus.subscribe("news", second)
    await bus.publish("news", {"n": 1})
    await bus.publish("other", {"n": 2})
    assert sorted(seen) == [("first", {"n": 1}), ("second", {"n": 1})]


async def test_unsubscribed_means_silence(bus: Bus) -> None:
    seen: list[Any] = []

    async def keep(data: Any) -> None:
        seen.append(data)

    stop = await bus.subscribe("news", keep)
    await stop()
    await stop()
    await bus.publish("news", 1)
    assert seen == []


async def test_a_failing_subscriber_does_not_rob_the_others(bus: Bus) -> None:
    seen: list[Any] = []

    async def fails(_: Any) -> None:
        raise RuntimeError("mine alone")

    async def keep(data: Any) -> None:
        seen.append(data)

    await bus.subscribe("news", fails)
    await bus.subscribe("news", keep)
    await bus.publish("news", 1)
    assert seen == [1]


async def test_a_closed_bus_refuses(bus: Bus) -> None:
    await bus.close()
    with pytest.raises(RuntimeError, match="closed"):
        await bus.publish("news", 1)
