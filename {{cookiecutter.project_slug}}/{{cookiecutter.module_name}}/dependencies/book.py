"""The repository of books in a route."""

from typing import Annotated

from fastapi import Depends

from {{cookiecutter.module_name}}.dependencies.session import (
    ReadSessionDep,
    SessionDep,
)
from {{cookiecutter.module_name}}.repositories.book_repository import BookRepository


async def books(session: SessionDep) -> BookRepository:
    """In the transaction of the request."""
    return BookRepository(session)


async def books_to_read(session: ReadSessionDep) -> BookRepository:
    """Without a transaction."""
    return BookRepository(session)


type BooksDep = Annotated[BookRepository, Depends(books, scope="function")]
type ReadBooksDep = Annotated[
    BookRepository, Depends(books_to_read, scope="function")
]
