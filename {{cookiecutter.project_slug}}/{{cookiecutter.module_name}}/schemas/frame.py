"""Messages as they go over the wire."""

import struct
from collections.abc import Callable
from typing import Any, Final

_FINAL_TEXT: Final = 0x81
_FINAL_BINARY: Final = 0x82
# RFC 6455, 5.2: lengths up to 125 stand in the second byte.
_SHORT, _MEDIUM = 126, 1 << 16
_HEAD_LENGTHS: Final = {126: 4, 127: 10}


class Frame:
    """A whole message of a server: one frame, not masked."""

    __slots__ = ("text", "wire")

    def __init__(self, payload: bytes, *, text: bool = True) -> None:
        self.text = text
        first, size = _FINAL_TEXT if text else _FINAL_BINARY, len(payload)
        if size < _SHORT:
            head = bytes((first, size))
        elif size < _MEDIUM:
            head = struct.pack("!BBH", first, 126, size)
        else:
            head = struct.pack("!BBQ", first, 127, size)
        self.wire = head + payload

    def __len__(self) -> int:
        """In bytes."""
        return len(self.wire)

    @property
    def payload(self) -> bytes:
        """Without the frame around it."""
        return self.wire[_HEAD_LENGTHS.get(self.wire[1], 2) :]


class EncodedMessage:
    """JSON types that many sockets get, encoded once for each format."""

    __slots__ = ("_frames", "data")

    def __init__(self, data: Any) -> None:
        self.data = data
        self._frames: dict[str, Frame] = {}

    def frame(self, format_name: str, encode: Callable[[Any], Frame]) -> Frame:
        """The frame of that format; made when first asked for."""
        frame = self._frames.get(format_name)
        if frame is None:
            frame = self._frames[format_name] = encode(self.data)
        return frame
