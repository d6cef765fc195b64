"""Frames to objects and back, one class for each format."""

from collections.abc import Callable
from typing import Any, Protocol

import orjson
from pydantic import BaseModel

from {{cookiecutter.module_name}}.schemas.frame import Frame


class UnsupportedFrameError(Exception):
    """A frame of a kind that the format does not use."""


class UnreadableFrameError(Exception):
    """A frame of the right kind that means nothing."""


class Codec(Protocol):
    """A format of frames."""

    name: str

    def decode(self, received: str | bytes) -> Any:
        """Raises UnsupportedFrameError or UnreadableFrameError."""

    def encode(self, message: Any) -> Frame:
        """Raises TypeError for what has no place in the format."""


class JsonCodec:
    """Text frames of JSON; sets become sorted lists."""

    name = "json"

    def decode(self, received: str | bytes) -> Any:
        """Numbers that no double holds are unreadable too."""
        if not isinstance(received, str):
            raise UnsupportedFrameError("Send text frames.")
        try:
            return orjson.loads(received)
        except ValueError as error:
            raise UnreadableFrameError(f"Not JSON: {error}.") from None

    def encode(self, message: Any) -> Frame:
        """Models, dataclasses and named rows become objects."""
        return Frame(
            orjson.dumps(message, default=_plain, option=orjson.OPT_UTC_Z)
        )


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return orjson.Fragment(value.model_dump_json())
    as_dict: Callable[[], Any] | None = getattr(value, "_asdict", None)
    if as_dict is not None:
        return as_dict()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


JSON = JsonCodec()
