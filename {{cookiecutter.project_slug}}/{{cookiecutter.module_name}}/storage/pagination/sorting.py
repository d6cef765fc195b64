"""The orders that a list may have, each of them total."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, func, literal, tuple_
from sqlmodel import SQLModel

from {{cookiecutter.module_name}}.exceptions import FieldError, ValidationFailedError
from {{cookiecutter.module_name}}.storage.pagination.columns import (
    column_of,
    table_of,
    values_of,
)


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column to sort by; `nulls` counts as its value where it is NULL."""

    column: str
    nulls: Any = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """One order: the wanted column, then the primary key for ties."""

    name: str
    keys: tuple[ColumnElement[Any], ...]
    values: tuple[TypeAdapter[Any], ...]
    descending: bool

    @property
    def label(self) -> str:
        """`name`, or `-name` when it descends."""
        return f"-{self.name}" if self.descending else self.name

    def sorted(self, query: Select[*tuple[Any, ...]], *, back: bool) -> Any:
        """The query in this order, or in the reverse."""
        if self.descending != back:
            return query.order_by(*(key.desc() for key in self.keys))
        return query.order_by(*self.keys)

    def beyond(
        self, place: Sequence[Any], *, back: bool
    ) -> ColumnElement[bool]:
        """What comes after `place`, the keys of a row; or before it."""
        keys = tuple_(*self.keys)
        bound = tuple_(
            *(
                literal(value, key.type)
                for value, key in zip(place, self.keys, strict=True)
            )
        )
        return keys < bound if self.descending != back else keys > bound


class Sorting:
    """What lists of a model may be sorted by; the first is the default.

    Without names it is the primary key. Raises TypeError for a column that
    may be NULL without saying what counts in its place: a keyset page would
    leave such rows out.
    """

    def __init__(self, model: type[SQLModel], *keys: str | SortKey) -> None:
        self._ties = tuple(table_of(model).primary_key.columns)
        found = [
            SortKey(key) if isinstance(key, str) else key for key in keys
        ] or [SortKey(column.key) for column in self._ties[:1]]
        self._keys = {key.column: _expression(model, key) for key in found}
        self._adapters = {
            key.column: values_of(column_of(model, key.column))
            for key in found
        }

    @property
    def names(self) -> tuple[str, ...]:
        """All that may be asked for."""
        return tuple(self._keys)

    def by(
        self, name: str | None = None, *, descending: bool = False
    ) -> Ordering:
        """Raises ValidationFailedError, naming what is allowed."""
        name = self.names[0] if name is None else name
        if name not in self._keys:
            raise _unknown(self.names)
        ties = [tie for tie in self._ties if tie is not self._keys[name]]
        return Ordering(
            name=name,
            keys=(self._keys[name], *ties),
            values=(self._adapters[name], *(values_of(tie) for tie in ties)),
            descending=descending,
        )


def _expression(model: type[SQLModel], key: SortKey) -> ColumnElement[Any]:
    column = column_of(model, key.column)
    if not column.nullable:
        return column
    if key.nulls is None:
        raise TypeError(
            f"{column} may be NULL, which no page would show. Fix: say what "
            f'counts in its place, SortKey("{key.column}", nulls=…).'
        )
    return func.coalesce(column, literal(key.nulls, column.type))


def _unknown(names: Sequence[str]) -> ValidationFailedError:
    message = f"Unknown order; allowed are: {', '.join(names)}"
    return ValidationFailedError(
        f"{message}.", errors=[FieldError("sort", message, "unknown_sort")]
    )
