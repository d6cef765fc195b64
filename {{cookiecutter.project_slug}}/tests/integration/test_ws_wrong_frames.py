"""Frames that break rules; each keeps or closes the socket as promised."""

import json
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, suppress

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.probe.plain_packages import BY_MODEL, BY_SCHEMA
from tests.raw_socket import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    RawSocket,
    frame,
    raw_socket,
)
from tests.running_service import RunningService

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]
REQ_ID = "a3bb189e-8bf9-3888-9912-ace4e6543002"
WHOAMI = json.dumps({"pkg_id": PkgID.WHOAMI, "req_id": REQ_ID, "data": {}})
BEGIN = '{"pkg_id"'
BEGUN = frame(WHOAMI[:9], fin=False)


@pytest.fixture(scope="module")
def tough(start_probe: Start) -> Iterator[RunningService]:
    """In the end nothing of what it met was unexpected."""
    with start_probe() as service:
        yield service
        assert "Traceback" not in service.log
        assert '"level": "ERROR"' not in service.log


@pytest.fixture
async def raw(tough: RunningService, sign: Sign) -> AsyncIterator[RawSocket]:
    """Logged in; the service still answers others afterwards."""
    async with raw_socket(tough.url, sign()) as found:
        yield found
    async with raw_socket(tough.url, sign()) as other:
        await answers(other)


async def answers(raw: RawSocket) -> None:
    await raw.send(frame(WHOAMI))
    reply = await raw.next(TEXT)
    assert reply is not None
    assert reply.json["status_code"] == 0


def request(package: int, data: str) -> str:
    return f'{BEGIN}: {package}, "req_id": "{REQ_ID}", "data": {data}' + "}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "{",
        "\ufeff{}",
        "[]",
        "5",
        "null",
        '"text"',
        "{}",
        "NaN",
        "-Infinity",
        "1e400",
        "[" * 60_000,
        '{"a":' * 10_000,
        '"\\ud800"',
        "9" * 60_000,
        request(1, "NaN"),
        request(1, "[]"),
        request(1, '{"n": 1e400}'),
        request(1, '{"n": Infinity}'),
        request(1, '{"t": "\\udfff"}'),
        request(10**30, "{}"),
        request(10**400, "{}"),
        request(12345, "{}"),
        request(BY_MODEL, '{"name":' * 500 + "1" + "}" * 500),
        request(BY_SCHEMA, '{"name":' * 500 + "1" + "}" * 500),
        request(BY_MODEL, '{"name": "a", "amount": 1e300}'),
        request(BY_SCHEMA, '{"name": "a", "amount": -' + "9" * 300 + "}"),
        request(BY_SCHEMA, json.dumps({str(n): n for n in range(3000)})),
        request(BY_MODEL, json.dumps({str(n): n for n in range(3000)})),
    ],
    ids=lambda text: text[:60],
)
async def test_text_that_is_no_request_is_told_so(
    raw: RawSocket, text: str
) -> None:
    await raw.send(frame(text))
    reply = await raw.next(TEXT)
    assert reply is not None
    assert set(reply.json) == {"pkg_id", "req_id", "status_code", "data"}
    assert reply.json["status_code"] == 2
    assert len(reply.payload) < 8192
    await answers(raw)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(b"", BINARY), 1003),
        (frame(WHOAMI, BINARY), 1003),
        (frame("x" * 65_537), 1009),
        (frame("x", length=65_537), 1009),
        (frame("", length=2**40), 1009),
        (frame("x" * 40_000, fin=False) + frame("x" * 40_000, CONT), 1009),
        (frame("", fin=False) + frame("", CONT, fin=False) * 5000, 1009),
        (frame(WHOAMI, mask=False), 1002),
        (frame(b"", PING, mask=False), 1002),
        (frame("", CONT), 1002),
        (BEGUN + frame(WHOAMI), 1002),
        (frame(WHOAMI, 3), 1002),
        (frame(b"", 11), 1002),
        (frame(WHOAMI, TEXT | 0x40), 1002),
        (frame(WHOAMI, TEXT | 0x20), 1002),
        (frame(b"x" * 126, PING), 1002),
        (frame(b"", PING, fin=False), 1002),
        (frame(b"x", CLOSE), 1002),
        (frame(struct.pack("!H", 999), CLOSE), 1002),
        (frame(struct.pack("!H", 1005), CLOSE), 1002),
        (frame(b"\xff\xfe"), 1007),
        (frame(b'"\xed\xa0\x80"'), 1007),
        (frame(b"\xff") + frame(struct.pack("!H", 1000), CLOSE), 1000),
        (frame(b"\xff") + frame("", 3), 1002),
        (frame(b"\xc3", fin=False) + frame(b"\x28", CONT), 1007),
    ],
    ids=lambda value: repr(value)[:50],
)
async def test_a_wrong_frame_closes(
    raw: RawSocket, sent: bytes, code: int
) -> None:
    await raw.send(sent)
    assert await raw.close_code() == code
    with suppress(ConnectionError):
        await raw.send(frame(struct.pack("!H", code), CLOSE))
    assert await raw.read() is None


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4999])
async def test_a_close_is_echoed(raw: RawSocket, code: int) -> None:
    await raw.send(frame(struct.pack("!H", code) + b"bye", CLOSE))
    assert await raw.close_code() == code
    assert await raw.read() is None


async def test_a_close_without_a_code(raw: RawSocket) -> None:
    await raw.send(frame(b"", CLOSE))
    found = await raw.next(CLOSE)
    assert found is not None
    assert found.payload == b""


async def test_fragments_are_one_message(raw: RawSocket) -> None:
    parts = [WHOAMI[n : n + 7] for n in range(0, len(WHOAMI), 7)]
    await raw.send(frame(parts[0], fin=False))
    for part in parts[1:-1]:
        await raw.send(frame(part, CONT, fin=False))
        await raw.send(frame(b"between", PING))
        assert await raw.next(PONG) is not None
    await raw.send(frame(parts[-1], CONT))
    reply = await raw.next(TEXT)
    assert reply is not None
    assert reply.json["status_code"] == 0
    await answers(raw)


async def test_a_character_may_be_cut_in_two(raw: RawSocket) -> None:
    text = json.dumps({"type": "ä"}, ensure_ascii=False).encode()
    cut = text.index("ä".encode()) + 1
    await raw.send(frame(text[:cut], fin=False) + frame(text[cut:], CONT))
    reply = await raw.next(TEXT)
    assert reply is not None
    assert reply.json["status_code"] == 2


async def test_byte_by_byte(raw: RawSocket) -> None:
    for byte in frame(WHOAMI):
        await raw.send(bytes([byte]))
    reply = await raw.next(TEXT)
    assert reply is not None
    assert reply.json["status_code"] == 0


async def test_the_largest_message_is_served(raw: RawSocket) -> None:
    space = 65_536 - len(WHOAMI)
    await raw.send(frame(WHOAMI + " " * space))
    reply = await raw.next(TEXT)
    assert reply is not None
    assert reply.json["status_code"] == 0


async def test_a_pong_nobody_asked_for(raw: RawSocket) -> None:
    await raw.send(frame(b"hello", PONG) * 100)
    await answers(raw)


@pytest.mark.parametrize(
    "sent", [frame(WHOAMI)[:20], BEGUN, frame("x", length=60_000), b"\x81"]
)
async def test_hanging_up_in_the_middle(raw: RawSocket, sent: bytes) -> None:
    await raw.send(sent)
    raw.writer.write_eof()
    assert await raw.next(TEXT) is None
