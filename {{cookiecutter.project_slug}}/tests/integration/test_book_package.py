"""Books over WebSocket: the same commands and refusals."""

import uuid
from collections.abc import Callable

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.models.author import Author
from {{cookiecutter.module_name}}.repositories.author_repository import (
    AuthorRepository,
)
from {{cookiecutter.module_name}}.roles import Role
from {{cookiecutter.module_name}}.schemas.response import RSPCode
from {{cookiecutter.module_name}}.storage.db import Database

from tests.running_service import RunningService
from tests.ws_client import connect

type Sign = Callable[..., str]


@pytest.fixture
async def author(database: Database) -> Author:
    """A new one."""
    async with database.transaction() as session:
        writer = Author(name=f"Author {uuid.uuid4()}")
        return await AuthorRepository(session).create(writer)


async def test_create_then_list(
    sockets: RunningService, sign: Sign, author: Author
) -> None:
    token = sign(Role.GET_BOOKS, Role.CREATE_BOOK)
    data = {"title": " Notes ", "author_id": author.id}
    async with connect(sockets.url, token) as alice:
        created = await alice.ask(PkgID.CREATE_BOOK, data)
        assert created["status_code"] == RSPCode.OK
        book = created["data"]
        assert book["title"] == "Notes"
        assert book["author"] == {"id": author.id, "name": author.name}
        wanted = {"author_id": author.id, "search_term": "note"}
        listed = await alice.ask(PkgID.GET_BOOKS, wanted)
        assert listed["status_code"] == RSPCode.OK
        assert listed["data"] == [book]
        twice = await alice.ask(PkgID.CREATE_BOOK, data)
        assert twice["status_code"] == RSPCode.INVALID_DATA
        assert twice["data"]["code"] == "conflict"


async def test_refusals(sockets: RunningService, sign: Sign) -> None:
    token = sign(Role.CREATE_BOOK)
    async with connect(sockets.url, token) as somebody:
        reply = await somebody.ask(
            PkgID.CREATE_BOOK, {"title": "a", "author_id": 2**62}
        )
        assert reply["status_code"] == RSPCode.INVALID_DATA
        [error] = reply["data"]["errors"]
        assert error["field"] == "author_id"
        assert error["code"] == "unknown_author"
        reply = await somebody.ask(PkgID.CREATE_BOOK, {"title": "a"})
        [error] = reply["data"]["errors"]
        assert error["field"] == "data.author_id"
        reply = await somebody.ask(PkgID.GET_BOOKS)
        assert reply["status_code"] == RSPCode.PERMISSION_DENIED
