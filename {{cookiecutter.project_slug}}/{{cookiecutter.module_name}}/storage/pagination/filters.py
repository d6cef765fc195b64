"""Conditions from a query's filters, and a name for the whole of them."""

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from operator import eq, ge, gt, le, lt
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Column, ColumnElement
from sqlmodel import SQLModel

from {{cookiecutter.module_name}}.exceptions import FieldError, ValidationFailedError
from {{cookiecutter.module_name}}.schemas.filters import Comparison, FilterMark
from {{cookiecutter.module_name}}.schemas.query import QueryModel
from {{cookiecutter.module_name}}.schemas.types import FilterDict
from {{cookiecutter.module_name}}.storage.pagination.columns import (
    column_of,
    is_one_of,
    table_of,
    values_of,
)

type _Compare = Callable[[Any, Any], ColumnElement[bool]]


def _starts_with(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return column.startswith(text, autoescape=True)


def _contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return column.icontains(text, autoescape=True)


_COMPARE: Final[Mapping[Comparison, _Compare]] = {
    "equals": eq,
    "at_least": ge,
    "above": gt,
    "at_most": le,
    "below": lt,
    "starts_with": _starts_with,
    "contains": _contains,
    "one_of": is_one_of,
}


class Filters[F: QueryModel]:
    """The filters that `declared` marks, on the table of `model`.

    Raises TypeError for a mark whose column the model does not have.
    """

    def __init__(self, model: type[SQLModel], declared: type[F]) -> None:
        self._table = table_of(model).name
        self._columns = {
            name: (column_of(model, mark.column or name), mark.comparison)
            for name, mark in _marks(declared).items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that narrow a list."""
        return tuple(self._columns)

    def conditions(self, given: F) -> list[ColumnElement[bool]]:
        """All of them must hold."""
        return [
            _condition(*self._columns[name], value)
            for name, value in self._given(given).items()
        ]

    def fingerprint(self, given: F) -> str:
        """The same for the same filters with the same values."""
        names = set(self._given(given))
        return fingerprint(self._table, given.model_dump_json(include=names))

    def _given(self, given: F) -> dict[str, Any]:
        values = ((name, getattr(given, name)) for name in self._columns)
        return {name: value for name, value in values if value is not None}


def fingerprint(*parts: str) -> str:
    """Short, and the same for the same parts in any process."""
    return blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def _condition(
    column: Column[Any], comparison: Comparison, value: Any
) -> ColumnElement[bool]:
    return _COMPARE[comparison](column, value)


def _marks(declared: type[QueryModel]) -> dict[str, FilterMark]:
    return {
        name: mark
        for name, field in declared.model_fields.items()
        for mark in field.metadata
        if isinstance(mark, FilterMark)
    }


def equalities(
    model: type[SQLModel], given: FilterDict
) -> list[ColumnElement[bool]]:
    """Columns by name: equal to the value, any of a list, or NULL for None.

    Raises ValidationFailedError, naming the columns there are.
    """
    columns = table_of(model).columns
    unknown = sorted(set(given) - set(columns.keys()))
    if unknown:
        allowed = ", ".join(sorted(columns.keys()))
        raise _refusal(
            (name, f"Unknown filter; allowed are: {allowed}", "unknown_filter")
            for name in unknown
        )
    return [_equality(columns[name], given[name]) for name in sorted(given)]


def _equality(column: Column[Any], value: Any) -> ColumnElement[bool]:
    if value is None:
        return column.is_(None)
    accepted = values_of(column)
    try:
        if isinstance(value, (list, tuple, set, frozenset)):
            several = [accepted.validate_python(one) for one in value]
            return is_one_of(column, several)
        single = accepted.validate_python(value)
    except ValidationError as error:
        message = error.errors(include_url=False)[0]["msg"]
        raise _refusal([(column.key, message, "invalid_filter")]) from None
    equal: ColumnElement[bool] = column == single
    return equal


def _refusal(
    problems: Iterable[tuple[str, str, str]],
) -> ValidationFailedError:
    errors = [FieldError(*problem) for problem in problems]
    fields = ", ".join(error.field for error in errors)
    return ValidationFailedError(
        f"These filters were refused: {fields[:500]}.", errors=errors
    )
