"""Checks a package's data: a Pydantic model or a JSON schema."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

import jsonschema_rs
from pydantic import BaseModel, ValidationError

from {{cookiecutter.module_name}}.exceptions import FieldError, ValidationFailedError

type DataSchema = type[BaseModel] | Mapping[str, Any]
type Validate = Callable[[dict[str, Any]], Any]
"""Returns what the handler gets; raises ValidationFailedError."""

# More would make a reply larger than its request.
_MOST_ERRORS = 20
_MOST_LETTERS = 500


def validator_of(schema: DataSchema | None) -> Validate:
    """Raises TypeError or ValueError for what is no schema."""
    if schema is None:
        return _as_it_is
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        return _by_model(schema)
    if isinstance(schema, Mapping):
        return _by_json_schema(dict(schema))
    raise TypeError("json_schema is a Pydantic model or a dict.")


def refusal(
    problems: Iterable[tuple[Iterable[Any], str, str]],
) -> ValidationFailedError:
    """Of places, messages and words; the places are paths."""
    errors = [
        FieldError(
            ".".join(map(str, path))[:_MOST_LETTERS],
            message[:_MOST_LETTERS],
            word,
        )
        for path, message, word in islice(problems, _MOST_ERRORS)
    ]
    fields = ", ".join(dict.fromkeys(error.field for error in errors))
    return ValidationFailedError(
        f"These fields were refused: {fields[:_MOST_LETTERS]}.", errors=errors
    )


def model_refusal(
    error: ValidationError, *outer: str
) -> ValidationFailedError:
    """What Pydantic found; `outer` is the path to the model."""
    found = error.errors(
        include_url=False, include_input=False, include_context=False
    )
    return refusal(
        ((*outer, *item["loc"]), item["msg"], item["type"]) for item in found
    )


def _as_it_is(data: dict[str, Any]) -> dict[str, Any]:
    return data


def _by_model(model: type[BaseModel]) -> Validate:
    def validate(data: dict[str, Any]) -> BaseModel:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            raise model_refusal(error, "data") from None

    return validate


def _by_json_schema(schema: dict[str, Any]) -> Validate:
    # Messages without the values, which may be secrets or megabytes.
    validator = jsonschema_rs.validator_for(schema, mask="the value")

    def validate(data: dict[str, Any]) -> dict[str, Any]:
        if validator.is_valid(data):
            return data
        try:
            errors = list(islice(validator.iter_errors(data), _MOST_ERRORS))
        except ValueError as error:  # Data that is nested too deeply.
            raise refusal([(("data",), f"{error}.", "invalid")]) from None
        raise refusal(
            (("data", *error.instance_path), error.message, error.kind.name)
            for error in errors
        )

    return validate
