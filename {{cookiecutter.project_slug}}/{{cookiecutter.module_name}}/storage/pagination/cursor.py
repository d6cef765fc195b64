"""Cursors: a place in one list, in words that only this module reads.

A cursor is base64url of a checksum and a JSON object: version, direction,
order, fingerprint of the list, keys of a row. It is no secret and gives no
rights: filters and roles are those of the request that carries it. So the
checksum has no key. It finds damage; whoever computes one gets no further
than a value that the column could hold, which is checked too.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, Literal, NoReturn

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from {{cookiecutter.module_name}}.exceptions import FieldError, ValidationFailedError
from {{cookiecutter.module_name}}.storage.pagination.columns import json_of
from {{cookiecutter.module_name}}.storage.pagination.sorting import Ordering

# To be raised when the meaning of the fields changes.
VERSION: Final = 1
_CHECKSUM_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Next to a row with these keys; without keys, at an end of the list."""

    keys: tuple[Any, ...] = ()
    back: bool = False


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: int
    d: Literal["next", "prev"]
    s: str
    f: str
    k: list[Any]


def write(place: Place, order: Ordering, fingerprint: str) -> str:
    """Opaque text without padding, safe in an address."""
    content = orjson.dumps(
        {
            "v": VERSION,
            "d": "prev" if place.back else "next",
            "s": order.label,
            "f": fingerprint,
            "k": [json_of(key) for key in place.keys],
        }
    )
    encoded = urlsafe_b64encode(_checksum(content) + content)
    return encoded.rstrip(b"=").decode()


def read(cursor: str, order: Ordering, fingerprint: str) -> Place:
    """Empty is the start.

    Raises ValidationFailedError for a cursor that is damaged, of another
    version, or of another list.
    """
    if not cursor:
        return Place()
    content = _content(cursor)
    if content.f != fingerprint:
        _refuse("belongs to a list with other filters")
    if content.s != order.label:
        _refuse("belongs to another order")
    return Place(_keys(content.k, order), content.d == "prev")


def _content(cursor: str) -> _Content:
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * 3)
    except ValueError:
        _refuse("is damaged")
    checksum, content = raw[:_CHECKSUM_BYTES], raw[_CHECKSUM_BYTES:]
    canonical = urlsafe_b64encode(raw).rstrip(b"=").decode()
    if checksum != _checksum(content) or cursor != canonical:
        _refuse("is damaged")
    try:
        fields = orjson.loads(content)
        if isinstance(fields, dict) and fields.get("v") != VERSION:
            _refuse("is of another version of this service")
        return _Content.model_validate(fields)
    except (orjson.JSONDecodeError, ValidationError):
        _refuse("is damaged")


def _keys(found: list[Any], order: Ordering) -> tuple[Any, ...]:
    if not found:
        return ()
    if len(found) != len(order.keys):
        _refuse("is damaged")
    try:
        return tuple(
            values.validate_python(key)
            for values, key in zip(order.values, found, strict=True)
        )
    except ValidationError:
        _refuse("is damaged")


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=_CHECKSUM_BYTES).digest()


def _refuse(problem: str) -> NoReturn:
    message = f"The cursor {problem}; start again with an empty one"
    raise ValidationFailedError(
        f"{message}.", errors=[FieldError("cursor", message, "invalid_cursor")]
    )
