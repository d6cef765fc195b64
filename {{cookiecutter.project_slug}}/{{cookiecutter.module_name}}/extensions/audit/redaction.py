"""Takes secrets, and what JSONB refuses, out of what was sent."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

REDACTED: Final = "[redacted]"
LEFT_OUT: Final = "[left out]"
# A name is compared in small letters, without what stands between words.
_SECRET: Final = re.compile(
    "password|passwd|passphrase|secret|token|authori[sz]ation|apikey|cookie"
    "|passcode|pwd|bearer|credential|assertion|jwt|signature"
    "|(private|access|signing|encryption)key|^x?auth$|^pass$|^sig$|^pin$"
    "|^t?otp(code)?$|^cv[cv]$|^codeverifier$"
)
_BETWEEN: Final = re.compile(r"[^a-z0-9]+")
_MOST_VALUES = 2000
_DEEPEST = 20
_LONGEST_KEY = 200
_INT64 = range(-(2**63), 2**64)


class Redaction:
    """Names are secret by what they contain, those in `more` as a whole."""

    def __init__(self, more: Iterable[str] = (), *, max_bytes: int) -> None:
        self._more = frozenset(map(_plain, more))
        self._max_bytes = max_bytes

    def to_json(self, data: Any) -> str:
        """JSON for JSONB, at most so many bytes; never raises."""
        left = [_MOST_VALUES]
        encoded = orjson.dumps(self._copy(data, _DEEPEST, left))
        if len(encoded) > self._max_bytes:
            return f'"{LEFT_OUT}"'
        return encoded.decode()

    def _copy(self, value: Any, depth: int, left: list[int]) -> Any:
        left[0] -= 1
        if isinstance(value, str):
            return clean(value, self._max_bytes)
        if value is None or isinstance(value, (bool, float)):
            return value
        if isinstance(value, int):
            return value if value in _INT64 else LEFT_OUT
        if depth == 0 or left[0] < 0:
            return LEFT_OUT
        if isinstance(value, Mapping):
            return self._copy_object(value, depth, left)
        if isinstance(value, (list, tuple)):
            return self._copy_array(value, depth, left)
        return LEFT_OUT

    def _copy_object(
        self, value: Mapping[Any, Any], depth: int, left: list[int]
    ) -> dict[str, Any]:
        copy: dict[str, Any] = {}
        for key, item in value.items():
            if left[0] < 0:
                copy[LEFT_OUT] = len(value) - len(copy)
                break
            name = clean(str(key), _LONGEST_KEY)
            copy[name] = (
                REDACTED
                if self._secret(str(key))
                else self._copy(item, depth - 1, left)
            )
        return copy

    def _copy_array(
        self, value: list[Any] | tuple[Any, ...], depth: int, left: list[int]
    ) -> list[Any]:
        copy = []
        for item in value:
            if left[0] < 0:
                copy.append(LEFT_OUT)
                break
            copy.append(self._copy(item, depth - 1, left))
        return copy

    def _secret(self, key: str) -> bool:
        name = _plain(key)
        return name in self._more or _SECRET.search(name) is not None


def clean(text: str, limit: int) -> str:
    """At most so many characters; PostgreSQL takes neither NUL nor half a
    surrogate pair."""
    text = text[:limit]
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _plain(name: str) -> str:
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return _BETWEEN.sub("", name.casefold())
