"""Queries on books."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy.orm import QueryableAttribute, selectinload
from sqlmodel import col, select

from {{cookiecutter.module_name}}.models.author import Author
from {{cookiecutter.module_name}}.models.book import Book
from {{cookiecutter.module_name}}.repositories.bulk import BulkRepository
from {{cookiecutter.module_name}}.schemas.book import BookFilters, BookList
from {{cookiecutter.module_name}}.storage.pagination import Filters

# As a query sees it; to a type checker it is what a row holds.
_AUTHOR = cast("QueryableAttribute[Author]", Book.author)
# What a foreign key asks for: the author cannot be deleted meanwhile.
_KEY_SHARE = {"read": True, "key_share": True}


class BookRepository(BulkRepository[Book]):
    """Books by id."""

    model = Book
    conflict = "The author has a book of this title."

    filters = Filters(Book, BookFilters)

    async def found(self, wanted: BookList) -> Sequence[Book]:
        """Each with its author: two statements, however many books."""
        query = (
            select(Book)
            .options(selectinload(_AUTHOR))
            .where(*self.filters.conditions(wanted))
            .order_by(col(Book.id))
            .limit(wanted.limit)
        )
        return (await self.session.exec(query)).all()

    async def author(self, author_id: int) -> Author | None:
        """Who then stays until the end of the transaction."""
        return await self.session.get(
            Author, author_id, with_for_update=_KEY_SHARE
        )
