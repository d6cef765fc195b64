"""What all repositories can do; queries are written nowhere else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.exceptions import ConflictError
from {{cookiecutter.module_name}}.schemas.page import Page, PageRequest
from {{cookiecutter.module_name}}.storage.pagination import (
    Filters,
    Listing,
    Sorting,
    cursor_page,
    offset_page,
)
from {{cookiecutter.module_name}}.storage.pagination.columns import table_of

# Unique and foreign key violations.
_CONFLICTS = ("23505", "23503")


class BaseRepository[T: SQLModel]:
    """Rows of one table, in the session of the caller, who commits.

    A subclass names its `model` and how a `conflict` is told to a client.
    With `filters` and `sorting` it has pages; without, they are by primary
    key and of all rows.
    """

    model: type[T]
    conflict: ClassVar[str] = "The change contradicts what is stored."
    filters: ClassVar[Filters[Any] | None] = None
    sorting: ClassVar[Sorting | None] = None

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

    async def paginate(self, wanted: PageRequest) -> Page[T]:
        """Models by page or by cursor; raises ValidationFailedError."""
        found = await self.paginate_rows(wanted, select(self.model))
        return Page([row[0] for row in found.rows], found.meta)

    async def paginate_rows(
        self, wanted: PageRequest, query: Select[*tuple[Any, ...]]
    ) -> Page[Sequence[Any]]:
        """The same, of the columns of `query`, which has no order."""
        listing = self._listing(wanted, query)
        if wanted.cursor is not None:
            return await cursor_page(
                self.session, listing, wanted.cursor, wanted.per_page
            )
        return await offset_page(
            self.session,
            listing,
            wanted.page,
            wanted.per_page,
            total=wanted.total,
        )

    def _listing(
        self, wanted: PageRequest, query: Select[*tuple[Any, ...]]
    ) -> Listing:
        filters = self.filters or Filters(self.model, PageRequest)
        sorting = self.sorting or Sorting(self.model)
        return Listing(
            query=query.where(*filters.conditions(wanted)),
            order=sorting.by(wanted.sort, descending=wanted.order == "desc"),
            table=table_of(self.model).name,
            fingerprint=filters.fingerprint(wanted),
        )

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
