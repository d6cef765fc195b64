"""Queries on books."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import ColumnElement
from sqlalchemy.orm import QueryableAttribute, selectinload
from sqlmodel import col, select

from {{cookiecutter.module_name}}.models.author import Author
from {{cookiecutter.module_name}}.models.book import Book
from {{cookiecutter.module_name}}.repositories.bulk import BulkRepository
from {{cookiecutter.module_name}}.schemas.book import BookFilters

# As a query sees it; to a type checker it is what a row holds.
_AUTHOR = cast("QueryableAttribute[Author]", Book.author)
# Against deletion only: the author may still be renamed.
_KEY_SHARE = {"read": True, "key_share": True}


class BookRepository(BulkRepository[Book]):
    """Books by id."""

    model = Book
    conflict = "The author has a book of this title."

    async def found(self, filters: BookFilters) -> Sequence[Book]:
        """Each with its author: two statements, however many books."""
        query = (
            select(Book)
            .options(selectinload(_AUTHOR))
            .where(*_conditions(filters))
            .order_by(col(Book.id))
            .limit(filters.limit)
        )
        return (await self.session.exec(query)).all()

    async def author(self, author_id: int) -> Author | None:
        """Who then stays until the end of the transaction."""
        return await self.session.get(
            Author, author_id, with_for_update=_KEY_SHARE
        )


def _conditions(filters: BookFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.author_id is not None:
        conditions.append(col(Book.author_id) == filters.author_id)
    if filters.search_term is not None:
        conditions.append(
            col(Book.title).icontains(filters.search_term, autoescape=True)
        )
    return conditions
