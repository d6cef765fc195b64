"""Many rows at once, one statement each."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    cast,
    delete,
    func,
    insert,
    inspect,
    literal,
    select,
    update,
)
from sqlmodel import SQLModel

from {{cookiecutter.module_name}}.repositories.base import BaseRepository


class BulkRepository[T: SQLModel](BaseRepository[T]):
    """A repository that also changes many rows by one statement.

    All or none are changed. Rows that the session holds already do not
    learn of it.
    """

    async def create_many(self, rows: Sequence[T]) -> int:
        """How many were stored; raises ConflictError.

        `rows` stay as they are: keys and defaults are not read back. A
        column that no row sets gets its default. Raises TypeError for
        columns that hold arrays.
        """
        columns = self._set_by(rows)
        if not columns:
            return 0
        arrays = [
            cast(
                literal([getattr(row, c.key) for row in rows], ARRAY(c.type)),
                ARRAY(c.type),
            )
            for c in columns
        ]
        # One parameter a column: the statement is the same for any number.
        names = [column.key for column in columns]
        source = func.unnest(*arrays).table_valued(*names).render_derived()
        statement = insert(self.model).from_select(names, select(*source.c))
        with self.conflicts():
            found = await self.session.exec(statement)
        return found.rowcount

    async def update_many(
        self, values: Mapping[str, Any], *where: ColumnElement[bool]
    ) -> int:
        """How many rows met all conditions; raises ConflictError.

        `values` by column; SQL expressions are allowed.
        """
        statement = update(self.model).where(*_conditions(where))
        with self.conflicts():
            found = await self.session.exec(
                statement.values(**values),
                execution_options={"synchronize_session": False},
            )
        return found.rowcount

    async def delete_many(self, *where: ColumnElement[bool]) -> int:
        """How many rows met all conditions; raises ConflictError."""
        statement = delete(self.model).where(*_conditions(where))
        with self.conflicts():
            found = await self.session.exec(
                statement, execution_options={"synchronize_session": False}
            )
        return found.rowcount

    def _set_by(self, rows: Sequence[T]) -> list[Column[Any]]:
        names = set().union(*(row.model_fields_set for row in rows))
        table = inspect(self.model).local_table
        columns = [column for column in table.columns if column.key in names]
        if any(isinstance(column.type, ARRAY) for column in columns):
            # PostgreSQL would take the inner arrays apart, too.
            raise TypeError(f"{table.name} has arrays; create them one by one")
        return columns


def _conditions(
    where: Sequence[ColumnElement[bool]],
) -> Sequence[ColumnElement[bool]]:
    """Refuses what would hit the whole table by mistake."""
    if not where:
        raise ValueError("Name a condition; sqlalchemy.true() means all rows.")
    return where
