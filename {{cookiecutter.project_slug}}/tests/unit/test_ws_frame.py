"""Frames are what any client of the protocol reads."""

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame as Seen
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from {{cookiecutter.module_name}}.schemas.frame import EncodedMessage, Frame


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize(
    "size", [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000]
)
def test_lengths(size: int, *, text: bool) -> None:
    payload = b"x" * size
    frame = Frame(payload, text=text)
    client = ClientProtocol(
        parse_uri("ws://localhost"), state=State.OPEN, max_size=None
    )
    client.receive_data(frame.wire)
    [seen] = client.events_received()
    assert isinstance(seen, Seen)
    assert seen.opcode is (Opcode.TEXT if text else Opcode.BINARY)
    assert seen.fin
    assert bytes(seen.data) == payload == frame.payload
    assert len(frame) == len(frame.wire) >= size + 2


def test_a_message_for_many_is_encoded_once() -> None:
    calls = []

    def encode(data: object) -> Frame:
        calls.append(data)
        return Frame(repr(data).encode())

    message = EncodedMessage([1])
    assert message.frame("json", encode) is message.frame("json", encode)
    assert calls == [[1]]
    message.frame("another", encode)
    assert calls == [[1], [1]]
