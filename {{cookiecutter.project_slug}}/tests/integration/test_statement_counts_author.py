"""What a request costs in PostgreSQL, read in the log of the server."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager

import httpx2
import pytest

from {{cookiecutter.module_name}}.constants import DISTRIBUTION

from tests.bare import without_pieces
from tests.own_postgres import OwnPostgres
from tests.running_service import RunningService
from tests.scratch_database import migrate

URL = "/api/authors"
type Count = Callable[[], list[str]]


@pytest.fixture(scope="module")
async def logged_in(
    own_server: OwnPostgres,
    start_service: Callable[..., AbstractContextManager[RunningService]],
    token_for: Callable[[str], str],
) -> AsyncIterator[httpx2.AsyncClient]:
    """Alice, at a service on a server of its own."""
    migrate(own_server.environment)
    headers = {"Authorization": f"Bearer {token_for('alice')}"}
    env = own_server.environment | without_pieces()
    with start_service(**env) as service:
        async with httpx2.AsyncClient(
            base_url=service.url, headers=headers
        ) as client:
            yield client


@pytest.fixture
async def since(
    logged_in: httpx2.AsyncClient, own_server: OwnPostgres
) -> Count:
    """The statements after a first request has warmed the pool."""
    await logged_in.get(URL)
    before = len(own_server.statements(DISTRIBUTION))

    def found() -> list[str]:
        return [
            statement.rstrip(";").split("(")[0].strip()
            for statement in own_server.statements(DISTRIBUTION)[before:]
        ]

    return found


async def test_a_list_is_one_statement(
    logged_in: httpx2.AsyncClient, since: Count
) -> None:
    assert (await logged_in.get(URL)).status_code == 200
    [statement] = since()
    assert statement.startswith("SELECT author.id")


async def test_one_is_one_statement(
    logged_in: httpx2.AsyncClient, since: Count
) -> None:
    assert (await logged_in.get(f"{URL}/1")).status_code == 404
    [statement] = since()
    assert statement.startswith("SELECT author.id")


async def test_me_is_none(logged_in: httpx2.AsyncClient, since: Count) -> None:
    assert (await logged_in.get("/api/me")).status_code == 200
    assert since() == []


async def test_a_change_is_one_statement_in_a_transaction(
    logged_in: httpx2.AsyncClient, since: Count
) -> None:
    created = await logged_in.post(URL, json={"name": "Counted"})
    assert created.status_code == 201
    assert [word.split()[0] for word in since()] == [
        "BEGIN",
        "INSERT",
        "COMMIT",
    ]


async def test_a_rename_and_a_removal(
    logged_in: httpx2.AsyncClient, since: Count
) -> None:
    created = await logged_in.post(URL, json={"name": "Renamed"})
    url = created.headers["location"]
    before = len(since())
    await logged_in.put(url, json={"name": "Again"})
    await logged_in.delete(url)
    assert [word.split()[0] for word in since()[before:]] == [
        "BEGIN",
        "UPDATE",
        "COMMIT",
        "BEGIN",
        "DELETE",
        "COMMIT",
    ]


async def test_a_page_by_cursor_is_one_statement(
    logged_in: httpx2.AsyncClient, since: Count
) -> None:
    reply = await logged_in.get(f"{URL}/paginated", params={"cursor": ""})
    assert reply.status_code == 200
    [statement] = since()
    assert statement.startswith("SELECT author.id")


async def test_a_page_that_shows_the_end_is_one_statement(
    logged_in: httpx2.AsyncClient, since: Count
) -> None:
    reply = await logged_in.get(f"{URL}/paginated")
    assert reply.json()["meta"]["total"] == len(reply.json()["data"])
    [statement] = since()
    assert statement.startswith("SELECT author.id")


async def test_a_total_is_counted_once(
    logged_in: httpx2.AsyncClient, since: Count
) -> None:
    for name in ("First", "Second"):
        await logged_in.post(URL, json={"name": name})
    before = len(since())
    for page in (1, 2, 1):
        reply = await logged_in.get(
            f"{URL}/paginated", params={"page": page, "per_page": 1}
        )
        assert reply.json()["meta"]["total"] >= 2
    words = [statement.split()[1] for statement in since()[before:]]
    assert words == ["author.id,", "count", "author.id,", "author.id,"]
