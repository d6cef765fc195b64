"""Columns of a model, and the values that they can hold."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, NaiveDatetime, StrictBool, StrictStr, TypeAdapter
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Enum,
    SmallInteger,
    Table,
    any_,
    literal,
)
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from {{cookiecutter.module_name}}.schemas.moment import Moment
from {{cookiecutter.module_name}}.schemas.text import WITHOUT_NUL

_PLAIN: dict[type, Any] = {
    bool: StrictBool,
    str: Annotated[StrictStr, WITHOUT_NUL],
    float: float,
    Decimal: Annotated[Decimal, Field(allow_inf_nan=True)],
    date: date,
    UUID: UUID,
}


def table_of(model: type[SQLModel]) -> Table:
    """Raises TypeError for what is no table."""
    table = getattr(model, "__table__", None)
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no table.")
    return table


def column_of(model: type[SQLModel], name: str) -> Column[Any]:
    """Raises TypeError for a column that the model does not have."""
    columns = table_of(model).columns
    if name not in columns:
        raise TypeError(
            f"{model.__name__} has no column {name}; "
            f"there are: {', '.join(columns.keys())}."
        )
    return columns[name]


def values_of(column: Column[Any]) -> TypeAdapter[Any]:
    """Accepts what PostgreSQL can compare with the column, from JSON too.

    Raises TypeError for a type that is not known here.
    """
    kind = column.type
    while isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    python_type = None if isinstance(kind, Enum) else kind.python_type
    if python_type is int:
        return _integers(_bits(kind))
    if python_type is datetime:
        aware = isinstance(kind, DateTime) and kind.timezone
        return _adapter(Moment if aware else NaiveDatetime)
    if python_type not in _PLAIN:
        raise TypeError(f"{column} is of a type that has no order here.")
    return _adapter(_PLAIN[python_type])


def json_of(value: Any) -> Any:
    """The value as `values_of` takes it back, exactly."""
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def is_one_of(
    column: ColumnElement[Any], values: Collection[Any]
) -> ColumnElement[bool]:
    """One statement for lists of any length, so that it stays prepared."""
    found: Sequence[Any] = list(values)
    return column == any_(literal(found, ARRAY(column.type)))


def _bits(kind: TypeEngine[Any]) -> int:
    if isinstance(kind, BigInteger):
        return 64
    return 16 if isinstance(kind, SmallInteger) else 32


@cache
def _integers(bits: int) -> TypeAdapter[Any]:
    most = 2 ** (bits - 1)
    return TypeAdapter(
        Annotated[int, Field(strict=True, ge=-most, le=most - 1)]
    )


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)
