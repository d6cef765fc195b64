"""Books over HTTP, on the whole service."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from tests.running_service import RunningService

URL = "/api/books"
type Json = dict[str, Any]


@pytest.fixture
async def alice(
    service: RunningService, token_for: Callable[[str], str]
) -> AsyncIterator[httpx2.AsyncClient]:
    """Who has every role."""
    headers = {"Authorization": f"Bearer {token_for('alice')}"}
    async with httpx2.AsyncClient(
        base_url=service.url, headers=headers
    ) as client:
        yield client


async def author(client: httpx2.AsyncClient) -> Json:
    """A new one, as books tell of it."""
    name = f"Author {uuid.uuid4()}"
    reply = await client.post("/api/authors", json={"name": name})
    assert reply.status_code == 201, reply.text
    return {"id": reply.json()["id"], "name": name}


async def create(
    client: httpx2.AsyncClient, author_id: int, title: str
) -> Json:
    body = {"title": title, "author_id": author_id}
    reply = await client.post(URL, json=body)
    assert reply.status_code == 201, reply.text
    book: Json = reply.json()
    return book


async def titles(client: httpx2.AsyncClient, **params: str | int) -> list[str]:
    reply = await client.get(URL, params=params)
    assert reply.status_code == 200, reply.text
    return [book["title"] for book in reply.json()]


async def test_create_then_get(alice: httpx2.AsyncClient) -> None:
    writer = await author(alice)
    body = {"title": "  Notes ", "author_id": writer["id"]}
    created = await alice.post(URL, json=body)
    assert created.status_code == 201
    book = created.json()
    assert book["title"] == "Notes"
    assert book["author"] == writer
    assert set(book) == {"id", "title", "author", "created_at"}
    assert created.headers["location"] == f"{URL}/{book['id']}"
    found = await alice.get(created.headers["location"])
    assert found.status_code == 200
    assert found.json() == book
    listed = await alice.get(URL, params={"author_id": writer["id"]})
    assert listed.json() == [book]


async def test_filters(alice: httpx2.AsyncClient) -> None:
    one, other = await author(alice), await author(alice)
    mark = uuid.uuid4().hex
    wanted = [f"{mark} Sea_urchins", f"{mark} seaXurchins", f"{mark} 100%"]
    for title in wanted:
        await create(alice, one["id"], title)
    await create(alice, other["id"], wanted[0])
    assert await titles(alice, author_id=one["id"]) == wanted
    assert await titles(alice, search_term=mark) == [*wanted, wanted[0]]
    assert (
        await titles(alice, author_id=one["id"], search_term=f"{mark} SEA")
        == (wanted[:2])
    )
    assert await titles(alice, search_term=f"{mark} sea_") == [
        wanted[0],
        wanted[0],
    ]
    assert await titles(alice, author_id=one["id"], limit=2) == wanted[:2]
    assert await titles(alice, author_id=2**62) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "query.limit"),
        ("limit=1001", "query.limit"),
        ("author_id=0", "query.author_id"),
        ("author_id=x", "query.author_id"),
        ("search_term=a%00b", "query.search_term"),
        ("title=a", "query.title"),
    ],
)
async def test_queries_refused(
    alice: httpx2.AsyncClient, query: str, field: str
) -> None:
    reply = await alice.get(f"{URL}?{query}")
    assert reply.status_code == 422
    assert [error["field"] for error in reply.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"author_id": 1}, "body.title"),
        ({"title": " ", "author_id": 1}, "body.title"),
        ({"title": "a\0b", "author_id": 1}, "body.title"),
        ({"title": "x" * 201, "author_id": 1}, "body.title"),
        ({"title": "a"}, "body.author_id"),
        ({"title": "a", "author_id": 0}, "body.author_id"),
        ({"title": "a", "author_id": 2**63}, "body.author_id"),
        ({"title": "a", "author_id": 1, "id": 7}, "body.id"),
    ],
)
async def test_bodies_refused(
    alice: httpx2.AsyncClient, body: Json, field: str
) -> None:
    reply = await alice.post(URL, json=body)
    assert reply.status_code == 422, reply.text
    assert [error["field"] for error in reply.json()["errors"]] == [field]


async def test_an_unknown_author(alice: httpx2.AsyncClient) -> None:
    body = {"title": "Nobody's", "author_id": 2**62}
    reply = await alice.post(URL, json=body)
    assert reply.status_code == 422
    problem = reply.json()
    assert problem["code"] == "validation_error"
    assert problem["errors"] == [
        {
            "field": "author_id",
            "message": f"There is no author {2**62}.",
            "code": "unknown_author",
        }
    ]


async def test_a_title_exists_once_for_an_author(
    alice: httpx2.AsyncClient,
) -> None:
    one, other = await author(alice), await author(alice)
    await create(alice, one["id"], "Same")
    body = {"title": "Same", "author_id": one["id"]}
    reply = await alice.post(URL, json=body)
    assert reply.status_code == 409
    assert reply.json()["code"] == "conflict"
    await create(alice, other["id"], "Same")


async def test_of_many_at_once_one_is_stored(
    alice: httpx2.AsyncClient,
) -> None:
    writer = await author(alice)
    body = {"title": "Once", "author_id": writer["id"]}
    replies = await asyncio.gather(
        *(alice.post(URL, json=body) for _ in range(10))
    )
    assert sorted(r.status_code for r in replies) == [201] + [409] * 9


async def test_books_against_the_deletion_of_their_author(
    alice: httpx2.AsyncClient,
) -> None:
    """Each is stored and deleted with its author, or refused."""
    writer = await author(alice)
    url = f"/api/authors/{writer['id']}"
    *replies, deleted = await asyncio.gather(
        *(
            alice.post(URL, json={"title": str(n), "author_id": writer["id"]})
            for n in range(10)
        ),
        alice.delete(url),
    )
    assert deleted.status_code == 204
    assert {r.status_code for r in replies} <= {201, 422}
    assert await titles(alice, author_id=writer["id"]) == []


async def test_books_leave_the_author_as_it_was(
    alice: httpx2.AsyncClient,
) -> None:
    writer = await author(alice)
    url = f"/api/authors/{writer['id']}"
    before = await alice.get(url)
    await create(alice, writer["id"], "New")
    after = await alice.get(url)
    assert after.json() == before.json()
    assert after.headers["etag"] == before.headers["etag"]


@pytest.mark.parametrize(
    ("book_id", "status"),
    [("0", 422), ("x", 422), (f"{2**63}", 422), (f"{2**62}", 404)],
)
async def test_ids(
    alice: httpx2.AsyncClient, book_id: str, status: int
) -> None:
    reply = await alice.get(f"{URL}/{book_id}")
    assert reply.status_code == status


@pytest.mark.parametrize("username", ["bob", "carol", None])
@pytest.mark.parametrize(
    ("method", "url", "missing"),
    [
        ("GET", "", "get-books"),
        ("GET", "/1", "get-books"),
        ("POST", "", "create-book"),
    ],
)
async def test_roles(
    client: httpx2.AsyncClient,
    token_for: Callable[[str], str],
    username: str | None,
    method: str,
    url: str,
    missing: str,
) -> None:
    headers = (
        {"Authorization": f"Bearer {token_for(username)}"} if username else {}
    )
    body = {"title": "a", "author_id": 1} if method == "POST" else None
    reply = await client.request(method, URL + url, json=body, headers=headers)
    if username is None:
        assert reply.status_code == 401
    else:
        assert reply.status_code == 403
        assert reply.json()["detail"] == f"Missing roles: {missing}."
