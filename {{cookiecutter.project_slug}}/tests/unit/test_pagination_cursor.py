"""A cursor is read back exactly, or refused in words."""

import base64
import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from {{cookiecutter.module_name}}.exceptions import ValidationFailedError
from {{cookiecutter.module_name}}.storage.pagination.cursor import (
    VERSION,
    Place,
    read,
    write,
)

from tests.specimen import SpecimenRepository

SORTING = SpecimenRepository.sorting
LIST = "the list"
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": st.integers(-(2**31), 2**31 - 1),
    "small": st.integers(-(2**15), 2**15 - 1),
    "text": st.text().map(lambda text: text.replace("\0", "-")),
    "fine": st.booleans(),
    "ratio": st.floats(allow_nan=False),
    "price": st.decimals(allow_nan=False, allow_infinity=False),
    "key": st.uuids(),
    "moment": st.datetimes(timezones=st.just(UTC)),
    "wall": st.datetimes(),
    "due": st.dates(),
}
# How quick the machine is, is not what is tested.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ids = st.integers(-(2**63), 2**63 - 1)


def handmade(content: Any) -> str:
    """As somebody makes it who knows how."""
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    checksum = hashlib.blake2b(raw, digest_size=8).digest()
    return base64.urlsafe_b64encode(checksum + raw).rstrip(b"=").decode()


def refusal(cursor: str, sort: str = "number", name: str = LIST) -> str:
    with pytest.raises(ValidationFailedError) as caught:
        read(cursor, SORTING.by(sort), name)
    [error] = caught.value.errors
    assert error.field == "cursor"
    assert error.code == "invalid_cursor"
    assert "start again with an empty one" in error.message
    return error.message


def content(**changes: Any) -> dict[str, Any]:
    plain = {"v": VERSION, "d": "next", "s": "number", "f": LIST, "k": [1, 2]}
    return {**plain, **changes}


@calm
@given(st.data(), st.sampled_from(sorted(VALUES)), ids, st.booleans())
def test_what_is_written_is_read(
    data: st.DataObject, sort: str, row_id: int, back: bool
) -> None:
    place = Place((data.draw(VALUES[sort]), row_id), back=back)
    order = SORTING.by(sort, descending=data.draw(st.booleans()))
    cursor = write(place, order, LIST)
    assert read(cursor, order, LIST) == place
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&? ")


def test_numbers_that_are_none() -> None:
    order = SORTING.by("ratio")
    for value in ("nan", "inf", "-inf"):
        place = Place((float(value), 1))
        again = read(write(place, order, LIST), order, LIST)
        assert repr(again) == repr(place)
    order = SORTING.by("price")
    place = Place((Decimal("NaN"), 1))
    assert repr(read(write(place, order, LIST), order, LIST)) == repr(place)


def test_ends_and_the_start() -> None:
    order = SORTING.by("number")
    for place in (Place(), Place(back=True)):
        assert read(write(place, order, LIST), order, LIST) == place
    assert read("", order, LIST) == Place()


@calm
@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    if text:
        assert "is damaged" in refusal(text)


@calm
@given(st.binary())
def test_any_bytes_are_refused(raw: bytes) -> None:
    assert "cursor" in refusal(handmade(raw))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@calm
@given(
    st.dictionaries(st.sampled_from("vdsfkx"), json_values),
    st.sampled_from(sorted(VALUES)),
)
def test_any_content_is_refused_or_fits(
    changes: dict[str, Any], sort: str
) -> None:
    cursor = handmade(content(**{"s": sort, "k": ["a", 1], **changes}))
    order = SORTING.by(sort)
    try:
        place = read(cursor, order, LIST)
    except ValidationFailedError:
        return
    assert len(place.keys) in (0, 2)


@calm
@given(st.data())
def test_a_change_of_one_letter_is_noticed(data: st.DataObject) -> None:
    cursor = handmade(content())
    at = data.draw(st.integers(0, len(cursor) - 1))
    letter = data.draw(st.sampled_from("Aa9-_="))
    damaged = cursor[:at] + letter + cursor[at + 1 :]
    if damaged != cursor:
        assert "is damaged" in refusal(damaged)


@calm
@given(st.integers(1, 200))
def test_a_part_is_noticed(length: int) -> None:
    cursor = handmade(content())
    if length < len(cursor):
        assert "is damaged" in refusal(cursor[:length])
    assert "is damaged" in refusal(cursor + "A" * length)
    assert "is damaged" in refusal(cursor + "=")


def test_another_version() -> None:
    for version in (0, 2, None, "1", True + 1):
        assert "another version" in refusal(handmade(content(v=version)))


def test_another_list() -> None:
    cursor = handmade(content())
    assert "other filters" in refusal(cursor, name="another")
    assert "another order" in refusal(cursor, "small")
    assert "another order" in refusal(handmade(content(s="-number")))


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("number", 2**31),
        ("number", True),
        ("number", "1"),
        ("number", 1.0),
        ("number", None),
        ("small", 2**15),
        ("text", "a\0b"),
        ("text", 5),
        ("fine", 1),
        ("moment", "2020-01-01T00:00:00"),
        ("moment", "0001-01-01T00:00:00+14:00"),
        ("wall", "2020-01-01T00:00:00Z"),
        ("due", "2020-13-01"),
        ("key", "not-a-uuid"),
        ("price", "much"),
        ("ratio", "much"),
    ],
)
def test_values_that_the_column_cannot_hold(sort: str, value: Any) -> None:
    cursor = handmade(content(s=sort, k=[value, 1]))
    assert "is damaged" in refusal(cursor, sort)


@pytest.mark.parametrize("keys", [[1], [1, 2, 3], [1, 2**63], [1, None]])
def test_keys_that_are_none(keys: list[Any]) -> None:
    assert "is damaged" in refusal(handmade(content(k=keys)))


def test_values_come_back_as_the_driver_wants_them() -> None:
    order = SORTING.by("moment")
    cursor = handmade(
        content(s="moment", k=["2020-01-01T02:00:00.000001+02:00", 1])
    )
    place = read(cursor, order, LIST)
    assert place.keys[0] == datetime(2020, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    for sort, value in {
        "key": UUID(int=5),
        "due": date(2020, 1, 2),
        "price": Decimal("1.50"),
    }.items():
        order = SORTING.by(sort)
        cursor = write(Place((value, 1)), order, LIST)
        [found, _] = read(cursor, order, LIST).keys
        assert (type(found), found) == (type(value), value)
