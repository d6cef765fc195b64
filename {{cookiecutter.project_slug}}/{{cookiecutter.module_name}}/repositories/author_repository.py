"""Queries on authors."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, update
from sqlmodel import col, select

from {{cookiecutter.module_name}}.models.author import Author
from {{cookiecutter.module_name}}.repositories.base import BaseRepository
from {{cookiecutter.module_name}}.schemas.author import (
    AuthorFilters,
    AuthorList,
    AuthorPage,
    AuthorRow,
)
from {{cookiecutter.module_name}}.schemas.page import Page
from {{cookiecutter.module_name}}.storage.pagination import Filters, Sorting

_ROWS = select(
    col(Author.id),
    col(Author.name),
    col(Author.version),
    col(Author.created_at),
)


class AuthorRepository(BaseRepository[Author]):
    """Authors by id."""

    model = Author
    conflict = "An author with this name exists."

    filters = Filters(Author, AuthorFilters)
    sorting = Sorting(Author, "id", "name", "created_at")

    async def rows(self, wanted: AuthorList) -> Sequence[AuthorRow]:
        """Plain rows: a list that is only read needs no model objects."""
        query = (
            _ROWS.where(*self.filters.conditions(wanted))
            .order_by(col(Author.id))
            .limit(wanted.limit)
        )
        found = await self.session.exec(query)
        return [AuthorRow._make(row) for row in found]

    async def page(self, wanted: AuthorPage) -> Page[AuthorRow]:
        """By page or by cursor; raises ValidationFailedError."""
        found = await self.paginate_rows(wanted, _ROWS)
        return Page([AuthorRow._make(row) for row in found.rows], found.meta)

    async def rename(
        self, author_id: int, name: str, versions: Collection[int] | None
    ) -> Author | None:
        """None when there is no such author in one of `versions`.

        The statement itself looks at the version, so of two that change the
        same one only the first succeeds. `versions=None` takes any.
        """
        change = (
            update(Author)
            .where(col(Author.id) == author_id)
            .values(name=name, version=col(Author.version) + 1)
            .returning(Author)
        )
        if versions is not None:
            change = change.where(col(Author.version).in_(versions))
        with self.conflicts():
            found = await self.session.exec(change)
        return found.scalar_one_or_none()

    async def remove(self, author_id: int) -> bool:
        """Whether there was one."""
        statement = delete(Author).where(col(Author.id) == author_id)
        with self.conflicts():
            found = await self.session.exec(statement)
        return found.rowcount > 0
