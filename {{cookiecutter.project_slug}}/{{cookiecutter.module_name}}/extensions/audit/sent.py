"""What an HTTP client sent, as far as it is kept."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.types import Message

from {{cookiecutter.module_name}}.extensions.audit.redaction import LEFT_OUT

_FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 1000


class SentData:
    """The query, and a body of JSON or of a form while it streams by.

    Of a body that is larger than `limit`, or of another type, nothing is
    kept: what cannot be read cannot be rid of its secrets.
    """

    __slots__ = ("_body", "_limit", "_query", "_size", "_type")

    def __init__(self, query: bytes, content_type: str, limit: int) -> None:
        self._query = query
        self._type = content_type.partition(";")[0].strip().lower()
        self._limit = limit
        self._body = bytearray()
        self._size = 0

    def take(self, message: Message) -> None:
        """Of what the application receives."""
        if message["type"] != "http.request":
            return
        chunk = message.get("body", b"")
        self._size += len(chunk)
        if self._size > self._limit or not self._readable:
            self._body.clear()
        else:
            self._body += chunk

    def read(self) -> dict[str, Any]:
        """By name: `query` and `body`, where there is one."""
        found: dict[str, Any] = {}
        if self._query:
            found["query"] = _fields(self._query[: self._limit + 1])
        if self._size:
            found["body"] = self._read_body() if self._body else LEFT_OUT
        return found

    @property
    def _readable(self) -> bool:
        return self._type == _FORM or self._type.endswith(("/json", "+json"))

    def _read_body(self) -> Any:
        if self._type == _FORM:
            return _fields(bytes(self._body))
        try:
            return json.loads(self._body)
        except (ValueError, RecursionError):
            return LEFT_OUT


def _fields(encoded: bytes) -> Mapping[str, Any] | str:
    """A name that comes twice has a list of values."""
    found: dict[str, Any] = {}
    try:
        pairs = parse_qsl(
            encoded.decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        return LEFT_OUT
    for name, value in pairs:
        known = found.get(name)
        if known is None:
            found[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            found[name] = [known, value]
    return found
