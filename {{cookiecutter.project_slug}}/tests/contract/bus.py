"""What every Bus does; subclasses provide the fixture."""

import asyncio
import contextlib
from typing import Any

import pytest

from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.schemas.socket_command import SOCKETS_CHANNEL

from tests.seen import Seen

END = "the end"


class BusContract:
    """`bus` is fresh, and nobody else publishes there."""

    async def test_all_subscribers_get_messages_in_order(
        self, bus: Bus
    ) -> None:
        first, second = Seen(), Seen()
        await bus.subscribe("news", first.keep)
        await bus.subscribe("news", second.keep)
        messages = [{"n": number, "text": "ä"} for number in range(100)]
        for message in messages:
            await bus.publish("news", message)
        await first.until(messages[-1])
        await second.until(messages[-1])
        assert first == messages
        assert second == messages

    async def test_other_channels_are_not_heard(self, bus: Bus) -> None:
        seen = Seen()
        await bus.subscribe("news", seen.keep)
        await bus.publish("new", 1)
        await bus.publish("newsletter", 2)
        await bus.publish("news*", 3)
        await bus.publish("news", END)
        await seen.until(END)
        assert seen == [END]

    async def test_a_channel_may_have_any_name(self, bus: Bus) -> None:
        seen = Seen()
        await bus.subscribe("room: ä*?[a]", seen.keep)
        await bus.publish("room: ä*?[a]", END)
        await seen.until(END)

    @pytest.mark.parametrize(
        "message",
        [None, True, 0, -1.5, "", "ä", [], {}, [None, {"a": [1, {}]}], 2**63],
    )
    async def test_all_json_types_arrive_as_they_are(
        self, bus: Bus, message: Any
    ) -> None:
        seen = Seen()
        await bus.subscribe("news", seen.keep)
        await bus.publish("news", [message])
        await seen.until([message])
        assert type(seen[0][0]) is type(message)

    @pytest.mark.parametrize(
        "message", [object(), {1, 2}, b"bytes", {1: "key"}, "\ud800", 2**64]
    )
    async def test_what_is_not_json_is_refused(
        self, bus: Bus, message: Any
    ) -> None:
        seen = Seen()
        await bus.subscribe("news", seen.keep)
        with pytest.raises(TypeError):
            await bus.publish("news", {"message": message})
        with pytest.raises(TypeError):
            await bus.broadcast(message)
        await bus.publish("news", END)
        await seen.until(END)
        assert seen == [END]

    async def test_a_later_change_does_not_show(self, bus: Bus) -> None:
        seen = Seen()
        message = {"items": [1]}

        async def change(got: Any) -> None:
            message["items"].append(2)
            await seen.keep(got)

        await bus.subscribe("news", change)
        await bus.publish("news", message)
        message["items"].append(3)
        await seen.until({"items": [1]})

    async def test_unsubscribed_means_silence(self, bus: Bus) -> None:
        stopped, going = Seen(), Seen()
        stop = await bus.subscribe("news", stopped.keep)
        await bus.subscribe("news", going.keep)
        await stop()
        await stop()
        await bus.publish("news", END)
        await going.until(END)
        assert stopped == []

    async def test_subscriptions_of_one_callback_are_apart(
        self, bus: Bus
    ) -> None:
        seen = Seen()
        stop = await bus.subscribe("news", seen.keep)
        await bus.subscribe("news", seen.keep)
        await stop()
        await stop()
        await bus.publish("news", 1)
        await bus.publish("news", END)
        await seen.until(END)
        assert seen == [1, END]

    async def test_a_channel_can_be_taken_up_again(self, bus: Bus) -> None:
        seen = Seen()
        for number in range(20):
            stop = await bus.subscribe("news", seen.keep)
            await bus.publish("news", number)
            await seen.until(number)
            await stop()
        assert seen == list(range(20))

    async def test_a_failing_subscriber_does_not_rob_the_others(
        self, bus: Bus
    ) -> None:
        seen = Seen()

        async def fail(_: Any) -> None:
            raise RuntimeError("mine alone")

        async def give_up(_: Any) -> None:
            raise asyncio.CancelledError

        await bus.subscribe("news", fail)
        await bus.subscribe("news", give_up)
        await bus.subscribe("news", seen.keep)
        await bus.publish("news", 1)
        await bus.publish("news", END)
        await seen.until(END)
        assert seen == [1, END]

    async def test_callbacks_run_one_after_another(self, bus: Bus) -> None:
        seen = Seen()
        running = 0

        async def count(message: Any) -> None:
            nonlocal running
            running += 1
            await asyncio.sleep(0)
            await seen.keep([message, running])
            running -= 1

        await bus.subscribe("news", count)
        await bus.subscribe("other", count)
        await asyncio.gather(
            *(bus.publish("news", number) for number in range(10)),
            *(bus.publish("other", number) for number in range(10)),
        )
        await bus.publish("news", END)
        await seen.until([END, 1])
        assert {running for _, running in seen} == {1}

    async def test_a_callback_may_use_the_bus(self, bus: Bus) -> None:
        seen = Seen()

        async def follow(message: Any) -> None:
            await bus.subscribe(message, seen.keep)
            # In tasks of their own, as a callback's callees may do.
            await asyncio.gather(
                bus.publish(message, "from within"), bus.publish("log", 1)
            )
            await stop()

        stop = await bus.subscribe("rooms", follow)
        await bus.publish("rooms", "room:1")
        await seen.until("from within")
        await bus.publish("rooms", "room:2")
        await bus.publish("room:2", "nobody")
        await bus.publish("room:1", END)
        await seen.until(END)
        assert seen == ["from within", END]

    async def test_a_publisher_that_gives_up_harms_nobody(
        self, bus: Bus
    ) -> None:
        seen, begun, go_on = Seen(), asyncio.Event(), asyncio.Event()

        async def slow(message: Any) -> None:
            begun.set()
            await go_on.wait()
            await seen.keep(message)

        await bus.subscribe("news", slow)
        publisher = asyncio.create_task(_publish(bus, "news", 1))
        await begun.wait()
        publisher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await publisher
        go_on.set()
        await seen.until(1)

    async def test_commands_to_sockets_are_messages(self, bus: Bus) -> None:
        seen = Seen()
        await bus.subscribe(SOCKETS_CHANNEL, seen.keep)
        await bus.broadcast({"hello": "all"})
        await bus.send_to_user("u1", [1])
        await bus.disconnect(user_id="u1")
        await bus.disconnect(session_id="s1", code=4408)
        with pytest.raises(ValueError, match="user_id or a session_id"):
            await bus.disconnect()
        await bus.broadcast(END)
        await seen.until({"action": "send", "data": END})
        assert seen[:-1] == [
            {"action": "send", "data": {"hello": "all"}},
            {"action": "send", "user_id": "u1", "data": [1]},
            {"action": "close", "code": 4401, "user_id": "u1"},
            {"action": "close", "code": 4408, "session_id": "s1"},
        ]

    async def test_it_is_well(self, bus: Bus) -> None:
        await bus.ping()
        await bus.subscribe("news", Seen().keep)
        await bus.ping()

    async def test_a_closed_bus_refuses(self, bus: Bus) -> None:
        stop = await bus.subscribe("news", Seen().keep)
        await bus.close()
        await bus.close()
        with pytest.raises(RuntimeError, match="closed"):
            await bus.publish("news", 1)
        with pytest.raises(RuntimeError, match="closed"):
            await bus.broadcast(1)
        with pytest.raises(RuntimeError, match="closed"):
            await bus.subscribe("news", Seen().keep)
        with pytest.raises(RuntimeError, match="closed"):
            await bus.ping()
        await stop()

    async def test_a_callback_may_close_the_bus(self, bus: Bus) -> None:
        closed = asyncio.Event()

        async def close(_: Any) -> None:
            await bus.close()
            closed.set()

        await bus.subscribe("news", close)
        await bus.publish("news", 1)
        await closed.wait()
        with pytest.raises(RuntimeError, match="closed"):
            await bus.publish("news", 1)


async def _publish(bus: Bus, channel: str, message: Any) -> None:
    await bus.publish(channel, message)
