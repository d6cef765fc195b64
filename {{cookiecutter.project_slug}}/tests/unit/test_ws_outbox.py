"""An outbox is bounded, keeps the order, and never forgets a waiter."""

import asyncio

import pytest

from {{cookiecutter.module_name}}.api.ws.outbox import Outbox, OutboxFullError
from {{cookiecutter.module_name}}.schemas.frame import Frame


def frame(size: int, letter: bytes = b"x") -> Frame:
    """Of so many bytes on the wire."""
    return Frame(letter * (size - len(Frame(b""))))


def nothing() -> None:
    """Nobody wants to know."""


async def test_in_order() -> None:
    outbox = Outbox(10, 1000)
    frames = [frame(10, letter) for letter in (b"a", b"b", b"c")]
    for item in frames:
        outbox.put(item)
    assert [await outbox.get() for _ in frames] == [(f, None) for f in frames]


async def test_bounded_by_messages() -> None:
    outbox = Outbox(2, 1000)
    outbox.put(frame(10))
    outbox.put(frame(10))
    with pytest.raises(OutboxFullError):
        outbox.put(frame(10))
    await outbox.get()
    outbox.put(frame(10))


async def test_bounded_by_bytes() -> None:
    outbox = Outbox(100, 100)
    outbox.put(frame(60))
    with pytest.raises(OutboxFullError):
        outbox.put(frame(41))
    outbox.put(frame(40))
    await outbox.get()
    outbox.put(frame(60))


@pytest.mark.parametrize("waiting", [1, 5])
async def test_a_reply_waits_for_room(waiting: int) -> None:
    outbox = Outbox(1, 1000)
    outbox.put(frame(10, b"0"))
    replies = [frame(10, str(n).encode()) for n in range(1, 1 + waiting)]
    tasks = [
        asyncio.create_task(outbox.put_when_room(reply, nothing))
        for reply in replies
    ]
    await asyncio.sleep(0)
    assert len(outbox) == 1
    found: list[Frame] = []
    async with asyncio.timeout(5):
        while len(found) < 1 + waiting:
            item = await outbox.get()
            assert item is not None
            found.append(item[0])
            assert len(outbox) <= 1
    await asyncio.gather(*tasks)
    assert {f.wire for f in found[1:]} == {r.wire for r in replies}


async def test_what_is_larger_than_the_outbox_goes_alone() -> None:
    outbox = Outbox(10, 100)
    await outbox.put_when_room(frame(5000), nothing)
    assert len(outbox) == 1
    with pytest.raises(OutboxFullError):
        outbox.put(frame(10))


async def test_a_closed_one_gives_out_the_rest_and_ends() -> None:
    outbox = Outbox(10, 1000)
    outbox.put(frame(10))
    outbox.close()
    outbox.put(frame(20))
    assert await outbox.get() is not None
    assert await outbox.get() is None


async def test_what_is_dropped_counts_as_sent() -> None:
    outbox = Outbox(1, 1000)
    outbox.put(frame(10))
    told = asyncio.Event()
    waiting = asyncio.create_task(outbox.put_when_room(frame(10), told.set))
    await asyncio.sleep(0)
    assert not told.is_set()
    outbox.close()
    await waiting
    assert told.is_set()


async def test_closing_wakes_the_reader() -> None:
    outbox = Outbox(1, 1000)
    reader = asyncio.create_task(outbox.get())
    await asyncio.sleep(0)
    outbox.close()
    async with asyncio.timeout(5):
        assert await reader is None
