"""Books over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from {{cookiecutter.module_name}}.commands.book_commands import (
    CreateBook,
    GetBook,
    ListBooks,
)
from {{cookiecutter.module_name}}.dependencies.book import BooksDep, ReadBooksDep
from {{cookiecutter.module_name}}.dependencies.permissions import require_roles
from {{cookiecutter.module_name}}.roles import Role
from {{cookiecutter.module_name}}.schemas.book import (
    BookId,
    BookInput,
    BookList,
    BookOutput,
)

router = APIRouter(prefix="/api/books", tags=["books"])


@router.get("", dependencies=[Depends(require_roles(Role.GET_BOOKS))])
async def list_books(
    wanted: Annotated[BookList, Query()], books: ReadBooksDep
) -> list[BookOutput]:
    """Books by id, each with its author."""
    found = await ListBooks(books).execute(wanted)
    return [BookOutput.model_validate(book) for book in found]


@router.get(
    "/{book_id}", dependencies=[Depends(require_roles(Role.GET_BOOKS))]
)
async def get_book(book_id: BookId, books: ReadBooksDep) -> BookOutput:
    """One book, with its author."""
    book = await GetBook(books).execute(book_id)
    return BookOutput.model_validate(book)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(require_roles(Role.CREATE_BOOK))],
)
async def create_book(
    data: BookInput, books: BooksDep, response: Response
) -> BookOutput:
    """One more book; 409 when the author has one of this title."""
    book = await CreateBook(books).execute(data)
    response.headers["Location"] = f"{router.prefix}/{book.id}"
    return BookOutput.model_validate(book)
