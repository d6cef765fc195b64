"""A message that many sockets get, encoded once for each format."""

from collections.abc import Callable
from typing import Any

type Frame = str | bytes
"""Text for JSON, bytes for a binary format."""


class EncodedMessage:
    """JSON types, and the frames made of them so far."""

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
