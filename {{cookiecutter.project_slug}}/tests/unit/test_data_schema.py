"""A package's data is always checked, by a model or by a JSON schema."""

from typing import Any

import pytest
from pydantic import BaseModel, Field

from {{cookiecutter.module_name}}.exceptions import ValidationFailedError
from {{cookiecutter.module_name}}.routing.data_schema import validator_of


class Order(BaseModel):
    name: str
    amounts: list[int] = Field(max_length=3)


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "amounts": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["name"],
    "additionalProperties": False,
}


def test_a_model_gives_an_instance() -> None:
    order = validator_of(Order)({"name": "a", "amounts": [1]})
    assert order == Order(name="a", amounts=[1])


def test_a_json_schema_gives_the_data() -> None:
    data = {"name": "a", "amounts": [1]}
    assert validator_of(SCHEMA)(data) is data


@pytest.mark.parametrize("schema", [Order, SCHEMA], ids=["model", "dict"])
def test_every_wrong_field_is_named_without_its_value(schema: Any) -> None:
    with pytest.raises(ValidationFailedError) as refusal:
        validator_of(schema)({"amounts": ["secret"]})
    fields = {error.field for error in refusal.value.errors}
    assert "data.amounts.0" in fields
    assert {"data.name", "data"} & fields
    assert all("secret" not in e.message for e in refusal.value.errors)


def test_not_more_errors_than_a_reply_can_hold() -> None:
    with pytest.raises(ValidationFailedError) as refusal:
        validator_of(SCHEMA)({"name": "a", "amounts": ["x"] * 500})
    assert len(refusal.value.errors) == 20
    assert len(refusal.value.detail) < 600


@pytest.mark.parametrize(
    "wrong", ["Order", int, {"type": "nothing"}], ids=["str", "int", "dict"]
)
def test_what_is_no_schema_is_refused_at_registration(wrong: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        validator_of(wrong)
