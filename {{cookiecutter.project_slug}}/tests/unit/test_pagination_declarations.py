"""Filters, orders and pages are checked where they are declared."""

import re
from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Column, Enum, create_mock_engine
from sqlmodel import Field, SQLModel

from {{cookiecutter.module_name}}.exceptions import ValidationFailedError
from {{cookiecutter.module_name}}.schemas.filters import EQUALS, at_least
from {{cookiecutter.module_name}}.schemas.page import PageRequest
from {{cookiecutter.module_name}}.schemas.query import QueryModel
from {{cookiecutter.module_name}}.storage.pagination import (
    Filters,
    Sorting,
    SortKey,
)
from {{cookiecutter.module_name}}.storage.pagination.filters import equalities

from tests.specimen import (
    Specimen,
    SpecimenFilters,
    SpecimenRepository,
)

DIALECT = create_mock_engine("postgresql://", print).dialect
FILTERS = SpecimenRepository.filters


class Coloured(SQLModel, table=True):
    colour: str = Field(
        sa_column=Column(Enum("red", "blue", name="colour"), primary_key=True)
    )


class Misspelt(QueryModel):
    numbr: Annotated[int | None, EQUALS] = None


class Unknown(QueryModel):
    since: Annotated[date | None, at_least("made")] = None


def sql(*conditions: Any) -> list[str]:
    found = (c.compile(dialect=DIALECT) for c in conditions)
    return [re.sub(r"%\(\w+\)s(::[A-Z]+)?", "?", str(one)) for one in found]


def test_each_comparison() -> None:
    given = SpecimenFilters(
        number=1,
        number_from=2,
        number_above=3,
        number_to=4,
        number_below=5,
        numbers=[6, 7],
        start="5_",
        part="50%",
    )
    assert sql(*FILTERS.conditions(given)) == [
        "specimen.number = ?",
        "specimen.number >= ?",
        "specimen.number > ?",
        "specimen.number <= ?",
        "specimen.number < ?",
        "specimen.number = ANY (?[])",
        "specimen.text LIKE ? || '%%' ESCAPE '/'",
        "specimen.text ILIKE '%%' || ? || '%%' ESCAPE '/'",
    ]


def test_what_is_not_given_narrows_nothing() -> None:
    assert FILTERS.conditions(SpecimenFilters()) == []
    assert len(FILTERS.conditions(SpecimenFilters(number=0, part=""))) == 2


def test_a_fingerprint_is_of_the_filters_alone() -> None:
    plain = FILTERS.fingerprint(SpecimenFilters())
    assert plain == FILTERS.fingerprint(SpecimenFilters(page=2, sort="text"))
    assert plain != FILTERS.fingerprint(SpecimenFilters(number=0))
    one = FILTERS.fingerprint(SpecimenFilters(number_from=1))
    assert one != FILTERS.fingerprint(SpecimenFilters(number_to=1))


def test_a_filter_names_a_column() -> None:
    with pytest.raises(TypeError, match="Specimen has no column numbr"):
        Filters(Specimen, Misspelt)
    with pytest.raises(TypeError, match="Specimen has no column made"):
        Filters(Specimen, Unknown)
    with pytest.raises(TypeError, match="_Plain is no table"):
        Sorting(_Plain)


class _Plain(SQLModel):
    number: int


def test_a_column_with_null_needs_a_stand_in() -> None:
    with pytest.raises(TypeError, match=r'SortKey\("due", nulls=…\)'):
        Sorting(Specimen, "due")
    with pytest.raises(TypeError, match="no order here"):
        Sorting(Coloured)
    order = Sorting(Specimen, SortKey("due", nulls=date.max)).by("due")
    assert sql(order.keys[0]) == ["coalesce(specimen.due, ?)"]


def test_the_primary_key_settles_ties() -> None:
    sorting = SpecimenRepository.sorting
    assert len(sorting.by("number").keys) == 2
    assert len(sorting.by("id").keys) == 1
    assert sorting.by().name == "id"
    assert Sorting(Specimen).by().name == "id"


def test_an_unknown_order_learns_the_allowed() -> None:
    with pytest.raises(ValidationFailedError) as caught:
        Sorting(Specimen, "id", "number").by("colour")
    [error] = caught.value.errors
    assert error.field == "sort"
    assert error.message == "Unknown order; allowed are: id, number"


@pytest.mark.parametrize("surplus", [{"page": 1}, {"total": True}])
def test_page_or_cursor(surplus: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        PageRequest.model_validate({"cursor": "", **surplus})
    [error] = caught.value.errors()
    assert error["loc"] == (*surplus,)
    assert error["type"] == "page_and_cursor"
    PageRequest.model_validate({"cursor": None, **surplus})
    PageRequest.model_validate({"cursor": "", "per_page": 3})


def test_equalities_by_name() -> None:
    found = equalities(
        Specimen, {"number": 1, "due": None, "text": ("a", "b")}
    )
    assert sql(*found) == [
        "specimen.due IS NULL",
        "specimen.number = ?",
        "specimen.text = ANY (?[])",
    ]


def test_unknown_names_learn_the_allowed() -> None:
    with pytest.raises(ValidationFailedError) as caught:
        equalities(Specimen, {"numbr": 1, "colour": 2, "id": 3})
    assert [error.field for error in caught.value.errors] == [
        "colour",
        "numbr",
    ]
    assert "allowed are: due, fine, id, key," in caught.value.errors[0].message


@pytest.mark.parametrize(
    ("name", "value"),
    [("number", "1"), ("number", 2**31), ("text", ["a", 1]), ("text", "\0")],
)
def test_values_that_a_column_cannot_hold(name: str, value: Any) -> None:
    with pytest.raises(ValidationFailedError) as caught:
        equalities(Specimen, {name: value})
    [error] = caught.value.errors
    assert (error.field, error.code) == (name, "invalid_filter")
