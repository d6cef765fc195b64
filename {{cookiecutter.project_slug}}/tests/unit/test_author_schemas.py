"""What clients may send about authors."""

import pytest
from pydantic import ValidationError

from {{cookiecutter.module_name}}.schemas.author import (
    AuthorInput,
    AuthorList,
    AuthorOutput,
    AuthorRow,
)


def test_a_row_has_the_fields_of_the_document() -> None:
    assert set(AuthorRow._fields) == set(AuthorOutput.model_fields)


def test_a_name_loses_outer_spaces() -> None:
    assert AuthorInput(name=" Ada  Lovelace\n").name == "Ada  Lovelace"


def test_filters_have_defaults() -> None:
    assert AuthorList().limit == 100


def test_all_unknown_parameters_are_named() -> None:
    with pytest.raises(ValidationError) as failure:
        AuthorList.model_validate({"b": 1, "a": 2, "id": 3})
    assert [error["loc"] for error in failure.value.errors()] == [
        ("a",),
        ("b",),
    ]
