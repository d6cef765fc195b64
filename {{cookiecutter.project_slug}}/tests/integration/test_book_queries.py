"""How a book comes to its author, and what that costs."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager

import httpx2
import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, MissingGreenlet
from sqlmodel import col

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.models.author import Author
from {{cookiecutter.module_name}}.models.book import Book
from {{cookiecutter.module_name}}.repositories.author_repository import (
    AuthorRepository,
)
from {{cookiecutter.module_name}}.repositories.book_repository import BookRepository
from {{cookiecutter.module_name}}.roles import Role
from {{cookiecutter.module_name}}.schemas.book import BookList
from {{cookiecutter.module_name}}.storage.db import Database

from tests.queries import LOG_STATEMENTS, at_most, statements
from tests.running_service import RunningService
from tests.ws_client import connect

type Start = Callable[..., AbstractContextManager[RunningService]]
type Sign = Callable[..., str]


@pytest.fixture(scope="module")
def telling(start_probe: Start) -> Iterator[RunningService]:
    """Logs each statement."""
    with start_probe(**LOG_STATEMENTS) as service:
        yield service


@pytest.fixture
async def authors(database: Database) -> AsyncIterator[list[Author]]:
    """Three authors of two books each, and no others."""
    async with database.transaction() as session:
        everybody = AuthorRepository(session)
        await BookRepository(session).delete_many(col(Book.id) > 0)
        found = [
            await everybody.create(Author(name=f"Author {uuid.uuid4()}"))
            for _ in range(3)
        ]
        books = [
            Book(title=title, author_id=author.id)
            for title in ("First", "Second")
            for author in found
        ]
        assert await BookRepository(session).create_many(books) == 6
    yield found
    async with database.transaction() as session:
        ids = [author.id for author in found]
        for author_id in ids:
            await AuthorRepository(session).remove(author_id or 0)
        left = await BookRepository(session).count()
    assert left == 0, "books outlive their author"


async def test_a_list_asks_twice_however_long(
    telling: RunningService, sign: Sign, authors: list[Author]
) -> None:
    token = sign(Role.GET_BOOKS)
    headers = {"Authorization": f"Bearer {token}"}
    start = len(telling.log)
    with at_most(1, telling):
        reply = httpx2.get(f"{telling.url}/api/books", headers=headers)
        async with connect(telling.url, token) as socket:
            frame = await socket.ask(PkgID.GET_BOOKS)
    assert [book["author"]["name"] for book in reply.json()] == [
        author.name for author in authors * 2
    ]
    assert frame["data"] == reply.json()
    asked = [
        line["statement"].split()[1]
        for line in statements(telling.log[start:])
        if line["statement"].startswith("SELECT")
    ]
    assert asked == ["book.id,", "author.id,"] * 2


@pytest.mark.usefixtures("authors")
def test_a_list_that_asks_for_each_row_is_found_out(
    telling: RunningService,
) -> None:
    with (
        pytest.raises(AssertionError, match=r"FROM author .*: 3"),
        at_most(1, telling),
    ):
        assert httpx2.get(f"{telling.url}/probe/books").status_code == 200


async def test_lazily_when_awaited(
    database: Database, authors: list[Author]
) -> None:
    async with database.reading() as session:
        author = await AuthorRepository(session).get(authors[0].id)
        assert author is not None
        assert "books" in inspect(author).unloaded
        books = await author.awaitable_attrs.books
        assert {book.title for book in books} == {"First", "Second"}
        # Loaded now, in both directions.
        assert author.books == books
        assert books[0].author is author


async def test_never_unawaited(
    database: Database, authors: list[Author]
) -> None:
    async with database.reading() as session:
        author = await AuthorRepository(session).get(authors[0].id)
        assert author is not None
        with pytest.raises(MissingGreenlet):
            _ = author.books


async def test_eagerly_by_the_repository(
    database: Database, authors: list[Author]
) -> None:
    async with database.reading() as session:
        wanted = BookList(author_id=authors[1].id)
        books = await BookRepository(session).found(wanted)
    # The session is gone, the authors are there.
    assert [book.author.name for book in books] == [authors[1].name] * 2


async def test_whoever_gets_a_book_stays_meanwhile(
    database: Database, authors: list[Author]
) -> None:
    author_id = authors[0].id or 0
    async with database.transaction() as writer:
        assert await BookRepository(writer).author(author_id)
        with pytest.raises(DBAPIError, match="lock timeout"):
            await delete_without_waiting(database, author_id)


async def delete_without_waiting(database: Database, author_id: int) -> None:
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.execute(text("SET LOCAL lock_timeout = 1"))
        await AuthorRepository(session).remove(author_id)


async def test_an_author_goes_with_the_books(
    database: Database, authors: list[Author]
) -> None:
    gone = authors.pop()
    async with database.transaction() as session:
        author = await AuthorRepository(session).get(gone.id)
        assert author is not None
        await AuthorRepository(session).delete(author)
        left = await BookRepository(session).count(
            col(Book.author_id) == gone.id
        )
    assert left == 0


async def test_the_books_of_an_author_are_found_by_an_index(
    database: Database,
) -> None:
    def indexed(connection: Connection) -> list[str | None]:
        return [
            constraint["column_names"][0]
            for constraint in inspect(connection).get_unique_constraints(
                "book"
            )
        ]

    async with database.engine.connect() as connection:
        assert await connection.run_sync(indexed) == ["author_id"]
