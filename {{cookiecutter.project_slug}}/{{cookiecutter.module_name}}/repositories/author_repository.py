"""Queries on authors."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import col, select

from {{cookiecutter.module_name}}.models.author import Author
from {{cookiecutter.module_name}}.repositories.base import BaseRepository
from {{cookiecutter.module_name}}.schemas.author import (
    AuthorFilters,
    AuthorPage,
    AuthorRow,
)

_ROWS = select(
    col(Author.id),
    col(Author.name),
    col(Author.version),
    col(Author.created_at),
).order_by(col(Author.id))


class AuthorRepository(BaseRepository[Author]):
    """Authors by id."""

    model = Author
    conflict = "An author with this name exists."

    async def rows(self, filters: AuthorFilters) -> Sequence[AuthorRow]:
        """Plain rows: a list that is only read needs no model objects."""
        query = _ROWS.where(*_conditions(filters)).limit(filters.limit)
        found = await self.session.exec(query)
        return [AuthorRow._make(row) for row in found]

    async def page(self, wanted: AuthorPage) -> Sequence[AuthorRow]:
        """Pages count from 1."""
        offset = (wanted.page - 1) * wanted.per_page
        query = _ROWS.offset(offset).limit(wanted.per_page)
        found = await self.session.exec(query)
        return [AuthorRow._make(row) for row in found]

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


def _conditions(filters: AuthorFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.id is not None:
        conditions.append(col(Author.id) == filters.id)
    if filters.name is not None:
        conditions.append(col(Author.name) == filters.name)
    if filters.search_term is not None:
        conditions.append(
            col(Author.name).icontains(filters.search_term, autoescape=True)
        )
    return conditions
