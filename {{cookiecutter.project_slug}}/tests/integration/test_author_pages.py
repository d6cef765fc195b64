"""Authors page by page and filtered, the same over HTTP and WebSocket."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from sqlalchemy import text

from {{cookiecutter.module_name}}.api.ws.constants import PkgID, RSPCode
from {{cookiecutter.module_name}}.storage.db import Database

from tests.running_service import RunningService
from tests.ws_client import WebSocketClient, connect

LIST = "/api/authors"
PAGES = "/api/authors/paginated"
NAMES = ["Ann", "ben", "Bob", "Cid", "Dan", "Eve", "Fay"]
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
type Json = dict[str, Any]


class Asker:
    """Asks the same in both ways, and gives the one answer."""

    def __init__(
        self, http: httpx2.AsyncClient, socket: WebSocketClient
    ) -> None:
        self.http = http
        self.socket = socket

    async def names(self, **wanted: Any) -> list[str]:
        """Names."""
        reply = await self.http.get(LIST, params=wanted)
        assert reply.status_code == 200, reply.text
        frame = await self.socket.ask(PkgID.GET_AUTHORS, wanted)
        assert frame["status_code"] == RSPCode.OK, frame
        assert frame["data"] == reply.json()
        return [author["name"] for author in frame["data"]]

    async def page(self, **wanted: Any) -> tuple[list[str], Json]:
        """Names and `meta`."""
        reply = await self.http.get(PAGES, params=wanted)
        assert reply.status_code == 200, reply.text
        frame = await self.socket.ask(PkgID.GET_PAGINATED_AUTHORS, wanted)
        assert frame["status_code"] == RSPCode.OK, frame
        body: Json = reply.json()
        assert body == {"data": frame["data"], "meta": frame["meta"]}
        return [author["name"] for author in body["data"]], body["meta"]

    async def refusal(self, **wanted: Any) -> tuple[str, str]:
        """Field without where it came from, and message."""
        reply = await self.http.get(PAGES, params=wanted)
        assert reply.status_code == 422, reply.text
        assert reply.json()["code"] == "validation_error"
        frame = await self.socket.ask(PkgID.GET_PAGINATED_AUTHORS, wanted)
        assert frame["status_code"] == RSPCode.INVALID_DATA
        [over_http] = reply.json()["errors"]
        [over_socket] = frame["data"]["errors"]
        name = over_http["field"].removeprefix("query.")
        assert name == over_socket["field"].removeprefix("data.")
        assert over_http["message"] == over_socket["message"]
        return name, over_http["message"]


@pytest.fixture
async def ask(
    service: RunningService, token_for: Callable[[str], str]
) -> AsyncIterator[Asker]:
    """As bob, who may read."""
    token = token_for("bob")
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(base_url=service.url, headers=headers) as http,
        connect(service.url, token) as socket,
    ):
        yield Asker(http, socket)


@pytest.fixture
async def stored(database: Database) -> list[int]:
    """Ids of authors with NAMES, a day apart."""
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.execute(text("DELETE FROM author"))
        found = await connection.execute(
            text(
                "INSERT INTO author (name, version, created_at)"
                " SELECT name, 1, CAST(:first AS timestamptz)"
                " + number * interval '1 day'"
                " FROM unnest(CAST(:names AS text[]))"
                " WITH ORDINALITY AS one(name, number)"
                " ORDER BY number RETURNING id"
            ),
            {"first": FIRST - timedelta(days=1), "names": NAMES},
        )
        return list(found.scalars())


@pytest.mark.usefixtures("stored")
async def test_pages_by_number(ask: Asker) -> None:
    assert await ask.page(page=2, per_page=3) == (
        NAMES[3:6],
        {"page": 2, "per_page": 3, "total": 7, "pages": 3},
    )
    assert await ask.page(page=9, per_page=3) == (
        [],
        {"page": 9, "per_page": 3, "total": 7, "pages": 3},
    )
    names, meta = await ask.page()
    assert names == NAMES
    assert meta == {"page": 1, "per_page": 20, "total": 7, "pages": 1}


@pytest.mark.usefixtures("stored")
async def test_pages_without_a_total(ask: Asker) -> None:
    assert await ask.page(page=2, per_page=3, total="false") == (
        NAMES[3:6],
        {"page": 2, "per_page": 3, "has_more": True},
    )
    _, meta = await ask.page(page=3, per_page=3, total="false")
    assert meta == {"page": 3, "per_page": 3, "has_more": False}


@pytest.mark.usefixtures("stored")
async def test_pages_by_cursor_there_and_back(ask: Asker) -> None:
    wanted: Json = {"per_page": 3, "sort": "created_at", "order": "desc"}
    expected = NAMES[::-1]
    names, first = await ask.page(cursor="", **wanted)
    assert names == expected[:3]
    assert set(first) == {
        "per_page",
        "next_cursor",
        "prev_cursor",
        "has_more",
    }
    names, second = await ask.page(cursor=first["next_cursor"], **wanted)
    assert names == expected[3:6]
    names, last = await ask.page(cursor=second["next_cursor"], **wanted)
    assert names == expected[6:]
    assert (last["has_more"], last["next_cursor"]) == (False, None)
    names, _ = await ask.page(cursor=last["prev_cursor"], **wanted)
    assert names == expected[3:6]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["id", "name", "created_at"])
async def test_both_kinds_have_one_order(
    ask: Asker, sort: str, order: str
) -> None:
    wanted = {"sort": sort, "order": order}
    by_number, _ = await ask.page(**wanted)
    by_cursor: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        names, meta = await ask.page(cursor=cursor, per_page=2, **wanted)
        by_cursor += names
        cursor = meta["next_cursor"]
    assert by_cursor == by_number
    assert sorted(by_number) == sorted(NAMES)


async def test_filters(ask: Asker, stored: list[int]) -> None:
    day = timedelta(days=1)
    cases: list[tuple[Json, list[str]]] = [
        ({"id": stored[2]}, ["Bob"]),
        ({"ids": [stored[0], stored[3], 2**62]}, ["Ann", "Cid"]),
        ({"name": "ben"}, ["ben"]),
        ({"name": "Ben"}, []),
        ({"search_term": "B"}, ["ben", "Bob"]),
        ({"created_after": FIRST + 5 * day}, ["Eve", "Fay"]),
        ({"created_before": FIRST + 2 * day}, ["Ann", "ben"]),
        (
            {
                "created_after": FIRST + day,
                "created_before": FIRST + 4 * day,
                "search_term": "b",
            },
            ["ben", "Bob"],
        ),
    ]
    for wanted, expected in cases:
        given = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in wanted.items()
        }
        assert await ask.names(**given) == expected
        names, meta = await ask.page(**given)
        assert (names, meta["total"]) == (expected, len(expected))
        names, _ = await ask.page(cursor="", **given)
        assert names == expected


@pytest.mark.parametrize(
    ("wanted", "field", "words"),
    [
        ({"nmae": "Ann"}, "nmae", "allowed are: created_after, created_b"),
        ({"sort": "version"}, "sort", "'id', 'name' or 'created_at'"),
        ({"order": "up"}, "order", "'asc' or 'desc'"),
        ({"page": 0}, "page", "greater than or equal to 1"),
        ({"per_page": 0}, "per_page", "greater than or equal to 1"),
        ({"per_page": 101}, "per_page", "less than or equal to 100"),
        (
            {"page": 10_002, "per_page": 100},
            "page",
            "Pages end after 1000000 rows; start with an empty cursor",
        ),
        ({"page": 1, "cursor": ""}, "page", "Not together with `cursor`"),
        ({"total": "false", "cursor": ""}, "total", "Not together"),
        ({"cursor": "x"}, "cursor", "The cursor is damaged; start again"),
        ({"cursor": "x" * 4097}, "cursor", "at most 4096"),
        ({"ids": [0]}, "ids.0", "greater than or equal to 1"),
        ({"ids": list(range(1, 102))}, "ids", "at most 100 items"),
        ({"created_after": "2020-01-01T00:00:00"}, "created_after", "zone"),
        (
            {"created_before": "0001-01-01T00:00:00+14:00"},
            "created_before",
            "The year in UTC",
        ),
    ],
)
async def test_refused_in_words(
    ask: Asker, wanted: Json, field: str, words: str
) -> None:
    name, message = await ask.refusal(**wanted)
    assert name == field
    assert words in message


@pytest.mark.usefixtures("stored")
async def test_a_cursor_of_another_list(ask: Asker) -> None:
    _, meta = await ask.page(cursor="", per_page=2, search_term="a")
    cursor = meta["next_cursor"]
    for change in ({}, {"search_term": "b"}, {"id": 1}):
        name, message = await ask.refusal(cursor=cursor, **change)
        assert name == "cursor"
        assert "other filters" in message
    name, message = await ask.refusal(
        cursor=cursor, search_term="a", sort="name"
    )
    assert "another order" in message


@pytest.mark.usefixtures("stored")
async def test_a_change_shows_in_the_total(
    ask: Asker, token_for: Callable[[str], str]
) -> None:
    """However it comes; the total of others' pages is kept meanwhile."""

    async def total() -> int:
        _, meta = await ask.page(per_page=2)
        found: int = meta["total"]
        return found

    headers = {"Authorization": f"Bearer {token_for('alice')}"}
    async with (
        httpx2.AsyncClient(
            base_url=ask.http.base_url, headers=headers
        ) as http,
        connect(str(ask.http.base_url), token_for("alice")) as socket,
    ):
        before = await total()
        created = await http.post(LIST, json={"name": "Gus"})
        assert await total() == before + 1
        frame = await socket.ask(PkgID.CREATE_AUTHOR, {"name": "Hal"})
        assert frame["status_code"] == RSPCode.OK
        assert await total() == before + 2
        await http.delete(created.headers["location"])
        assert await total() == before + 1


async def test_pages_need_the_role(
    client: httpx2.AsyncClient, token_for: Callable[[str], str]
) -> None:
    query = urlencode({"cursor": ""})
    assert (await client.get(f"{PAGES}?{query}")).status_code == 401
    headers = {"Authorization": f"Bearer {token_for('carol')}"}
    reply = await client.get(f"{PAGES}?{query}", headers=headers)
    assert reply.status_code == 403


def test_the_document_shows_filters_and_pages(
    service: RunningService,
) -> None:
    document: Json = httpx2.get(f"{service.url}/openapi.json").json()
    operation = document["paths"][PAGES]["get"]
    parameters = {p["name"]: p["schema"] for p in operation["parameters"]}
    assert set(parameters) == {
        "page",
        "per_page",
        "total",
        "cursor",
        "sort",
        "order",
        "id",
        "ids",
        "name",
        "search_term",
        "created_after",
        "created_before",
    }
    assert parameters["sort"]["enum"] == ["id", "name", "created_at"]
    assert parameters["per_page"]["maximum"] == 100
    schemas = document["components"]["schemas"]
    assert parameters["created_after"]["anyOf"][0] == {
        "$ref": "#/components/schemas/Moment"
    }
    assert schemas["Moment"]["format"] == "date-time"
    assert {kind["$ref"].split("/")[-1] for kind in metas(schemas)} == {
        "MetadataModel",
        "UncountedMetadataModel",
        "CursorMetadataModel",
    }


def metas(schemas: Json) -> list[Json]:
    reference = schemas["AuthorPageOutput"]["properties"]["meta"]["$ref"]
    kinds: list[Json] = schemas[reference.split("/")[-1]]["anyOf"]
    return kinds
