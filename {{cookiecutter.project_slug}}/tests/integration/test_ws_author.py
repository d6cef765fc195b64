"""Authors over WebSocket: the same results as over HTTP."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.running_service import RunningService
from tests.ws_client import Json, WebSocketClient, connect

type Token = Callable[[str], str]
URL = "/api/authors"


@pytest.fixture
async def socket(
    service: RunningService, token_for: Token
) -> AsyncIterator[WebSocketClient]:
    """Alice's, who has every role."""
    async with connect(service.url, token_for("alice")) as found:
        yield found


@pytest.fixture
async def http(
    service: RunningService, token_for: Token
) -> AsyncIterator[httpx2.AsyncClient]:
    """Alice's too."""
    headers = {"Authorization": f"Bearer {token_for('alice')}"}
    async with httpx2.AsyncClient(
        base_url=service.url, headers=headers
    ) as found:
        yield found


@pytest.fixture
async def shelf(http: httpx2.AsyncClient) -> str:
    """A word that only these five authors have in their name."""
    word = uuid.uuid4().hex
    for number in range(5):
        reply = await http.post(URL, json={"name": f"{word} {number}"})
        assert reply.status_code == 201
    return word


async def create(socket: WebSocketClient, name: str) -> Json:
    return await socket.ask(PkgID.CREATE_AUTHOR, {"name": name})


async def test_create(
    socket: WebSocketClient, http: httpx2.AsyncClient
) -> None:
    name = f"Ä {uuid.uuid4()}"
    reply = await create(socket, f"  {name} ")
    assert reply["status_code"] == 0
    assert reply["data"]["name"] == name
    found = await http.get(f"{URL}/{reply['data']['id']}")
    assert found.json() == reply["data"]


async def test_a_name_exists_once(socket: WebSocketClient) -> None:
    name = f"Author {uuid.uuid4()}"
    ids = [
        await socket.request(PkgID.CREATE_AUTHOR, {"name": name})
        for _ in range(10)
    ]
    replies = [await socket.reply(req_id) for req_id in ids]
    found = Counter(
        r["data"].get("code") if r["status_code"] else "ok" for r in replies
    )
    assert found == {"ok": 1, "conflict": 9}
    assert {r["status_code"] for r in replies} == {0, 2}


@pytest.mark.parametrize(
    "filters",
    [
        {"search_term": "WORD"},
        {"search_term": "WORD", "limit": 2},
        {"name": "WORD 3"},
        {"id": 2**62},
        {},
    ],
    ids=str,
)
async def test_the_list_is_that_of_http(
    socket: WebSocketClient,
    http: httpx2.AsyncClient,
    shelf: str,
    filters: Json,
) -> None:
    asked = {
        key: value.replace("WORD", shelf) if isinstance(value, str) else value
        for key, value in filters.items()
    }
    reply = await socket.ask(PkgID.GET_AUTHORS, asked)
    assert reply["status_code"] == 0
    assert reply["data"] == (await http.get(URL, params=asked)).json()


@pytest.mark.usefixtures("shelf")
async def test_pages_are_those_of_http(
    socket: WebSocketClient, http: httpx2.AsyncClient
) -> None:
    for page, length in ((1, 2), (2, 2), (10_000, 0)):
        asked = {"page": page, "per_page": 2}
        reply = await socket.ask(PkgID.GET_PAGINATED_AUTHORS, asked)
        assert reply["status_code"] == 0
        assert len(reply["data"]) == length
        total = reply["meta"]["total"]
        assert reply["meta"] == {
            "page": page,
            "per_page": 2,
            "total": total,
            "pages": (total + 1) // 2,
        }
        same = await http.get(f"{URL}/paginated", params=asked)
        assert same.json() == {"data": reply["data"], "meta": reply["meta"]}


async def test_a_page_has_defaults(socket: WebSocketClient) -> None:
    reply = await socket.ask(PkgID.GET_PAGINATED_AUTHORS)
    assert reply["meta"]["page"] == 1
    assert reply["meta"]["per_page"] == 20


@pytest.mark.parametrize(
    ("package", "data", "field"),
    [
        ("CREATE_AUTHOR", {}, "data.name"),
        ("CREATE_AUTHOR", {"name": " "}, "data.name"),
        ("CREATE_AUTHOR", {"name": "a\0b"}, "data.name"),
        ("CREATE_AUTHOR", {"name": "x" * 201}, "data.name"),
        ("CREATE_AUTHOR", {"name": "a", "id": 7}, "data.id"),
        ("GET_AUTHORS", {"limit": 0}, "data.limit"),
        ("GET_AUTHORS", {"limit": 1001}, "data.limit"),
        ("GET_AUTHORS", {"nmae": "Ada"}, "data.nmae"),
        ("GET_AUTHORS", {"id": 2**63}, "data.id"),
        ("GET_AUTHORS", {"search_term": "\0"}, "data.search_term"),
        ("GET_PAGINATED_AUTHORS", {"page": 0}, "data.page"),
        ("GET_PAGINATED_AUTHORS", {"per_page": 101}, "data.per_page"),
        ("GET_PAGINATED_AUTHORS", {"page": 2**62}, "data.page"),
    ],
    ids=str,
)
async def test_refused(
    socket: WebSocketClient, package: str, data: Json, field: str
) -> None:
    reply = await socket.ask(PkgID[package], data)
    assert reply["status_code"] == 2
    assert reply["data"]["code"] == "validation_error"
    assert [e["field"] for e in reply["data"]["errors"]] == [field]


@pytest.mark.parametrize(
    ("username", "package", "missing"),
    [
        ("bob", "CREATE_AUTHOR", "create-author"),
        ("carol", "CREATE_AUTHOR", "create-author"),
        ("carol", "GET_AUTHORS", "get-authors"),
        ("carol", "GET_PAGINATED_AUTHORS", "get-authors"),
    ],
)
async def test_roles(
    service: RunningService,
    token_for: Token,
    username: str,
    package: str,
    missing: str,
) -> None:
    async with connect(service.url, token_for(username)) as client:
        reply = await client.ask(PkgID[package], {"name": "Somebody"})
        assert reply["status_code"] == 3
        assert reply["data"]["msg"] == f"Missing roles: {missing}."


async def test_bob_may_look(service: RunningService, token_for: Token) -> None:
    async with connect(service.url, token_for("bob")) as client:
        assert (await client.ask(PkgID.GET_AUTHORS))["status_code"] == 0


async def test_what_a_client_was_told_is_stored(
    socket: WebSocketClient, http: httpx2.AsyncClient
) -> None:
    names = [f"Author {uuid.uuid4()}" for _ in range(30)]
    ids = [
        await socket.request(PkgID.CREATE_AUTHOR, {"name": name})
        for name in names
    ]

    async def stored(reply: dict[str, Any]) -> str:
        found = await http.get(f"{URL}/{reply['data']['id']}")
        name: str = found.json()["name"]
        return name

    found = [await stored(await socket.reply(req_id)) for req_id in ids]
    assert found == names


async def test_both_protocols_at_once(
    socket: WebSocketClient, http: httpx2.AsyncClient
) -> None:
    name = f"Author {uuid.uuid4()}"
    asked = await socket.request(PkgID.CREATE_AUTHOR, {"name": name})
    posted, reply = await asyncio.gather(
        http.post(URL, json={"name": name}), socket.reply(asked)
    )
    assert sorted([posted.status_code == 201, reply["status_code"] == 0]) == [
        False,
        True,
    ]
