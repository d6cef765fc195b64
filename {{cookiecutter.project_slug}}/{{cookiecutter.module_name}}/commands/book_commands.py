"""What can be done with books."""

from collections.abc import Sequence

from {{cookiecutter.module_name}}.commands.base import BaseCommand, GetCommand
from {{cookiecutter.module_name}}.exceptions import (
    FieldError,
    ValidationFailedError,
)
from {{cookiecutter.module_name}}.models.book import Book
from {{cookiecutter.module_name}}.repositories.book_repository import BookRepository
from {{cookiecutter.module_name}}.schemas.book import BookInput, BookList


class BookCommand[In, Out](BaseCommand[In, Out]):
    """A command on the repository of books."""

    def __init__(self, books: BookRepository) -> None:
        self.books = books


class ListBooks(BookCommand[BookList, Sequence[Book]]):
    """By id, each with its author."""

    async def execute(self, data: BookList) -> Sequence[Book]:
        """Never fails for want of books."""
        return await self.books.found(data)


class GetBook(GetCommand[Book]):
    """One, by id, with its author."""

    what = "book"

    async def execute(self, data: int) -> Book:
        """Raises NotFoundError."""
        book = await super().execute(data)
        # Asked for when needed: fine for one book, wrong for a list.
        await book.awaitable_attrs.author
        return book


class CreateBook(BookCommand[BookInput, Book]):
    """One more, of an author that is there."""

    async def execute(self, data: BookInput) -> Book:
        """Raises ValidationFailedError, ConflictError."""
        author = await self.books.author(data.author_id)
        if author is None:
            raise _unknown_author(data.author_id)
        return await self.books.create(Book(title=data.title, author=author))


def _unknown_author(author_id: int) -> ValidationFailedError:
    message = f"There is no author {author_id}."
    error = FieldError("author_id", message, "unknown_author")
    return ValidationFailedError(message, errors=[error])
