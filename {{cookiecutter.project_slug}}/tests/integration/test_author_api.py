"""Authors over HTTP, on the whole service."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from {{cookiecutter.module_name}}.schemas.author import AuthorFilters
from {{cookiecutter.module_name}}.storage.db import Database

from tests.running_service import RunningService

URL = "/api/authors"
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


@pytest.fixture
async def clean(database: Database) -> None:
    """No authors."""
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.execute(text("DELETE FROM author"))


def unique() -> str:
    return f"Author {uuid.uuid4()}"


async def create(client: httpx2.AsyncClient, name: str | None = None) -> Json:
    reply = await client.post(URL, json={"name": name or unique()})
    assert reply.status_code == 201, reply.text
    author: Json = reply.json()
    return author


def names(reply: httpx2.Response) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [author["name"] for author in reply.json()]


async def test_create_then_get(alice: httpx2.AsyncClient) -> None:
    name = unique()
    created = await alice.post(URL, json={"name": f"  {name} "})
    assert created.status_code == 201
    author = created.json()
    assert author["name"] == name
    assert author["version"] == 1
    assert created.headers["location"] == f"{URL}/{author['id']}"
    found = await alice.get(created.headers["location"])
    assert found.json() == author
    assert found.headers["etag"] == created.headers["etag"] == '"1"'


@pytest.mark.usefixtures("clean")
async def test_list_by_id(alice: httpx2.AsyncClient) -> None:
    assert (await alice.get(URL)).json() == []
    authors = [await create(alice) for _ in range(3)]
    reply = await alice.get(URL)
    assert reply.json() == authors
    assert reply.headers["content-type"] == "application/json"
    assert (await alice.get(URL, params={"limit": 2})).json() == authors[:2]


@pytest.mark.usefixtures("clean")
async def test_filters(alice: httpx2.AsyncClient) -> None:
    mixed = ["Ada_Lovelace", "adaXlovelace", "100% Bob", "100 Bob", "a/b"]
    ids = {name: (await create(alice, name))["id"] for name in mixed}

    async def search(**params: str | int) -> list[str]:
        return names(await alice.get(URL, params=params))

    assert await search(search_term="LOVE") == mixed[:2]
    assert await search(search_term="a_l") == mixed[:1]
    assert await search(search_term="0%") == mixed[2:3]
    assert await search(search_term="/") == mixed[4:]
    assert await search(name="100 Bob") == ["100 Bob"]
    assert await search(name="100 bob") == []
    assert await search(id=ids["a/b"]) == ["a/b"]
    assert await search(id=ids["a/b"], search_term="bob") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "query.limit"),
        ("limit=1001", "query.limit"),
        ("limit=many", "query.limit"),
        ("id=0", "query.id"),
        ("id=9223372036854775808", "query.id"),
        ("id=1e400", "query.id"),
        ("search_term=", "query.search_term"),
        ("search_term=a%00b", "query.search_term"),
        ("name=%00", "query.name"),
        (f"name={'x' * 201}", "query.name"),
        ("nmae=Ada", "query.nmae"),
    ],
)
async def test_queries_refused(
    alice: httpx2.AsyncClient, query: str, field: str
) -> None:
    reply = await alice.get(f"{URL}?{query}")
    assert reply.status_code == 422
    assert [error["field"] for error in reply.json()["errors"]] == [field]


async def test_an_unknown_parameter_learns_the_allowed(
    alice: httpx2.AsyncClient,
) -> None:
    reply = await alice.get(URL, params={"sort": "name"})
    [error] = reply.json()["errors"]
    assert (
        "allowed are: created_after, created_before, id, ids, limit, "
        in (error["message"])
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{}", "body.name"),
        ('{"name": ""}', "body.name"),
        ('{"name": " \\t "}', "body.name"),
        ('{"name": null}', "body.name"),
        ('{"name": 5}', "body.name"),
        ('{"name": "a\\u0000b"}', "body.name"),
        ('{"name": "\\ud800"}', "body.name"),
        ('{"name": "' + "x" * 201 + '"}', "body.name"),
        ('{"name": "a", "id": 7}', "body.id"),
        ("[]", "body"),
        ("nonsense", "body.0"),
    ],
)
@pytest.mark.parametrize(("method", "url"), [("POST", ""), ("PUT", "/1")])
async def test_bodies_refused(
    alice: httpx2.AsyncClient, method: str, url: str, body: str, field: str
) -> None:
    reply = await alice.request(
        method,
        URL + url,
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert reply.status_code == 422, reply.text
    assert [error["field"] for error in reply.json()["errors"]] == [field]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "author_id", ["0", "-1", "x", "9223372036854775808", "1" * 5000]
)
async def test_ids_refused(
    alice: httpx2.AsyncClient, method: str, author_id: str
) -> None:
    body = {"name": "Somebody"} if method == "PUT" else None
    reply = await alice.request(method, f"{URL}/{author_id}", json=body)
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "path.author_id"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("author_id", [2**62, 2**63 - 1])
async def test_missing(
    alice: httpx2.AsyncClient, method: str, author_id: int
) -> None:
    body = {"name": unique()} if method == "PUT" else None
    reply = await alice.request(method, f"{URL}/{author_id}", json=body)
    assert reply.status_code == 404
    assert reply.json()["code"] == "not_found"


async def test_a_name_exists_once(alice: httpx2.AsyncClient) -> None:
    first = await create(alice)
    reply = await alice.post(URL, json={"name": first["name"]})
    assert reply.status_code == 409
    assert reply.json()["code"] == "conflict"
    await create(alice, first["name"].upper())
    second = await create(alice)
    reply = await alice.put(
        f"{URL}/{second['id']}", json={"name": first["name"]}
    )
    assert reply.status_code == 409


async def test_of_many_at_once_one_gets_the_name(
    alice: httpx2.AsyncClient,
) -> None:
    name = unique()
    replies = await asyncio.gather(
        *(alice.post(URL, json={"name": name}) for _ in range(20))
    )
    assert sorted(r.status_code for r in replies) == [201] + [409] * 19


async def test_update(alice: httpx2.AsyncClient) -> None:
    author = await create(alice)
    url, name = f"{URL}/{author['id']}", unique()
    reply = await alice.put(url, json={"name": name})
    assert reply.status_code == 200
    assert reply.json() == {**author, "name": name, "version": 2}
    assert reply.headers["etag"] == '"2"'
    assert (await alice.get(url)).json() == reply.json()


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        ('"2"', 200),
        ('"1", "2"', 200),
        ("*", 200),
        ('"1"', 412),
        ('W/"2"', 412),
        ("2", 412),
        ('"two"', 412),
        ('"99999999999999999999"', 412),
    ],
)
async def test_if_match(
    alice: httpx2.AsyncClient, if_match: str, status: int
) -> None:
    author = await create(alice)
    url = f"{URL}/{author['id']}"
    await alice.put(url, json={"name": unique()})
    reply = await alice.put(
        url, json={"name": unique()}, headers={"If-Match": if_match}
    )
    assert reply.status_code == status
    if status == 412:
        assert reply.json()["code"] == "precondition_failed"
        assert (await alice.get(url)).json()["version"] == 2


async def test_of_many_that_saw_the_same_one_may_change_it(
    alice: httpx2.AsyncClient,
) -> None:
    author = await create(alice)
    url = f"{URL}/{author['id']}"
    replies = await asyncio.gather(
        *(
            alice.put(
                url, json={"name": unique()}, headers={"If-Match": '"1"'}
            )
            for _ in range(20)
        )
    )
    assert sorted(r.status_code for r in replies) == [200] + [412] * 19


async def test_delete(alice: httpx2.AsyncClient) -> None:
    url = f"{URL}/{(await create(alice))['id']}"
    reply = await alice.delete(url)
    assert reply.status_code == 204
    assert reply.content == b""
    assert (await alice.get(url)).status_code == 404
    assert (await alice.delete(url)).status_code == 404


@pytest.mark.parametrize("username", ["bob", "carol", None])
@pytest.mark.parametrize(
    ("method", "url", "missing"),
    [
        ("GET", "", "get-authors"),
        ("GET", "/1", "get-authors"),
        ("POST", "", "admin, create-author"),
        ("PUT", "/1", "update-author"),
        ("DELETE", "/1", "admin, delete-author"),
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
    body = {"name": unique()} if method in ("POST", "PUT") else None
    reply = await client.request(method, URL + url, json=body, headers=headers)
    if username is None:
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"] == "Bearer"
    elif username == "bob" and method == "GET":
        assert reply.status_code in (200, 404)
    else:
        assert reply.status_code == 403
        assert f"Missing roles: {missing}." == reply.json()["detail"]


@pytest.fixture
async def refused_at_commit(database: Database) -> AsyncIterator[None]:
    """A trigger that refuses a name when the transaction commits."""
    statements = (
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.name = 'Refused at commit' THEN
                RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
        """,
        """
        CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON author
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()
        """,
    )
    await execute(database, *statements)
    yield
    await execute(
        database, "DROP TRIGGER refuse ON author", "DROP FUNCTION refuse"
    )


async def execute(database: Database, *statements: str) -> None:
    async with database.transaction() as session:
        connection = await session.connection()
        for statement in statements:
            await connection.execute(text(statement))


@pytest.mark.usefixtures("refused_at_commit")
async def test_the_reply_waits_for_the_commit(
    alice: httpx2.AsyncClient,
) -> None:
    reply = await alice.post(URL, json={"name": "Refused at commit"})
    assert reply.status_code == 500
    assert reply.json()["code"] == "internal"
    assert "location" not in reply.headers
    found = await alice.get(URL, params={"name": "Refused at commit"})
    assert found.json() == []


async def test_what_a_client_was_told_is_stored(
    alice: httpx2.AsyncClient, database: Database
) -> None:
    for _ in range(20):
        author = await create(alice)
        async with database.reading() as session:
            connection = await session.connection()
            found = await connection.execute(
                text("SELECT name FROM author WHERE id = :id"),
                {"id": author["id"]},
            )
            assert found.scalar_one() == author["name"]


def test_the_document_says_what_comes(
    service: RunningService, stored: Mapping[str, Any]
) -> None:
    listing = stored["paths"][URL]["get"]
    schema = listing["responses"]["200"]["content"]["application/json"]
    assert schema["schema"]["items"]["$ref"].endswith("/AuthorOutput")
    parameters = {p["name"]: p["schema"] for p in listing["parameters"]}
    assert parameters["limit"]["maximum"] == 1000
    assert set(parameters) == {*AuthorFilters.model_fields, "limit"}


@pytest.fixture
def stored(service: RunningService) -> Mapping[str, Any]:
    """The OpenAPI document."""
    document: Json = httpx2.get(f"{service.url}/openapi.json").json()
    return document
