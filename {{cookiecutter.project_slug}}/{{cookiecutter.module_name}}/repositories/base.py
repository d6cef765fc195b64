"""What all repositories can do; queries are written nowhere else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.exceptions import ConflictError

# Unique and foreign key violations.
_CONFLICTS = ("23505", "23503")


class BaseRepository[T: SQLModel]:
    """Rows of one table, in the session of the caller, who commits.

    A subclass names its `model` and how a `conflict` is told to a client.
    """

    model: type[T]
    conflict: ClassVar[str] = "The change contradicts what is stored."

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, key: Any) -> T | None:
        """By primary key."""
        return await self.session.get(self.model, key)

    async def list(
        self, *where: ColumnElement[bool], limit: int
    ) -> Sequence[T]:
        """At most `limit` rows that meet all conditions."""
        query = select(self.model).where(*where).limit(limit)
        return (await self.session.exec(query)).all()

    async def exists(self, *where: ColumnElement[bool]) -> bool:
        """Whether a row meets all conditions."""
        query = select(select(self.model).where(*where).exists())
        return bool((await self.session.exec(query)).one())

    async def count(self, *where: ColumnElement[bool]) -> int:
        """How many rows meet all conditions."""
        query = select(func.count()).select_from(self.model).where(*where)
        return (await self.session.exec(query)).one()

    async def create(self, row: T) -> T:
        """Stores it, keys and defaults filled in; raises ConflictError."""
        self.session.add(row)
        return await self.update(row)

    async def update(self, row: T) -> T:
        """Stores changes of a row from this session; raises ConflictError."""
        with self.conflicts():
            await self.session.flush()
        return row

    async def delete(self, row: T) -> None:
        """Raises ConflictError while other rows refer to it."""
        await self.session.delete(row)
        with self.conflicts():
            await self.session.flush()

    @contextmanager
    def conflicts(self) -> Iterator[None]:
        """Raises ConflictError for what a constraint refuses."""
        try:
            yield
        except IntegrityError as error:
            if getattr(error.orig, "sqlstate", None) in _CONFLICTS:
                raise ConflictError(self.conflict) from error
            raise
