"""The audit trail page by page, as whoever may see it asks for it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from {{cookiecutter.module_name}}.storage.db import Database

from tests.audit_entries import FIRST, MINUTE, somebody, store
from tests.local_issuer import Sign, Start
from tests.queries import LOG_STATEMENTS, statements
from tests.running_service import RunningService

URL = "/api/audit-logs"
ROLE = "view-audit-logs"
type Json = dict[str, Any]


@pytest.fixture
async def auditor(
    sockets: RunningService, sign: Sign
) -> AsyncIterator[httpx2.AsyncClient]:
    """May read the trail, and nothing else."""
    headers = {"Authorization": f"Bearer {sign(ROLE)}"}
    async with httpx2.AsyncClient(
        base_url=sockets.url, headers=headers
    ) as client:
        yield client


async def page(
    client: httpx2.AsyncClient, **wanted: Any
) -> tuple[list[int], Json]:
    """Ids and `meta`."""
    reply = await client.get(URL, params=wanted)
    assert reply.status_code == 200, reply.text
    body = reply.json()
    assert body.keys() == {"data", "meta"}
    return [entry["id"] for entry in body["data"]], body["meta"]


@pytest.mark.parametrize("path", ["", "/export", "/1"])
async def test_only_those_with_the_role(
    sockets: RunningService, sign: Sign, path: str
) -> None:
    async with httpx2.AsyncClient(base_url=sockets.url) as client:
        nobody = await client.get(URL + path)
        headers = {"Authorization": f"Bearer {sign('get-things')}"}
        other = await client.get(URL + path, headers=headers)
    assert nobody.status_code == 401
    assert other.status_code == 403
    assert ROLE in other.json()["detail"]


async def test_an_entry_has_all_columns(
    auditor: httpx2.AsyncClient, database: Database
) -> None:
    name = somebody()
    [key] = await store(
        database,
        name,
        {
            "outcome": "error",
            "response_status": 409,
            "error_message": "It is there.",
            "ip_address": "192.0.2.7",
            "user_agent": "agent/1",
            "request_id": "r-1",
            "request_data": {"name": "Ann", "tags": ["ü", None]},
        },
    )
    reply = await auditor.get(f"{URL}/{key}")
    assert reply.status_code == 200, reply.text
    entry = reply.json()
    assert len(entry.pop("event_id")) == 36
    assert entry == {
        "id": key,
        "timestamp": "2020-01-01T00:00:00Z",
        "user_id": f"id-of-{name}",
        "username": name,
        "user_roles": ["get-things"],
        "action_type": "GET",
        "resource": "/api/things",
        "outcome": "error",
        "response_status": 409,
        "error_message": "It is there.",
        "duration_ms": 1.5,
        "request_id": "r-1",
        "ip_address": "192.0.2.7",
        "user_agent": "agent/1",
        "request_data": {"name": "Ann", "tags": ["ü", None]},
    }
    listed = await auditor.get(URL, params={"username": name})
    assert listed.json()["data"] == [reply.json()]


async def test_entries_that_are_not_there(auditor: httpx2.AsyncClient) -> None:
    missing = await auditor.get(f"{URL}/{2**62}")
    assert missing.status_code == 404
    assert missing.json()["code"] == "not_found"
    for wrong in ("0", "x", str(2**63)):
        assert (await auditor.get(f"{URL}/{wrong}")).status_code == 422


async def test_pages_are_newest_first_there_and_back(
    auditor: httpx2.AsyncClient, database: Database
) -> None:
    name = somebody()
    same = {"timestamp": FIRST}
    ids = await store(database, name, same, same, same, {}, {})
    newest = list(reversed(ids))
    wanted: Json = {"username": name, "per_page": 2}
    found, first = await page(auditor, cursor="", **wanted)
    assert found == newest[:2]
    found, second = await page(auditor, cursor=first["next_cursor"], **wanted)
    assert found == newest[2:4]
    found, last = await page(auditor, cursor=second["next_cursor"], **wanted)
    assert found == newest[4:]
    assert (last["has_more"], last["next_cursor"]) == (False, None)
    found, _ = await page(auditor, cursor=last["prev_cursor"], **wanted)
    assert found == newest[2:4]
    assert (await page(auditor, **wanted))[0] == newest[:2]


async def test_newer_entries_move_no_page(
    auditor: httpx2.AsyncClient, database: Database
) -> None:
    name = somebody()
    ids = await store(database, name, {}, {}, {}, {})
    wanted: Json = {"username": name, "per_page": 2}
    found, first = await page(auditor, **wanted)
    assert found == [ids[3], ids[2]]
    late = {"timestamp": FIRST + 9 * MINUTE}
    newer = await store(database, name, late, late)
    found, second = await page(auditor, cursor=first["next_cursor"], **wanted)
    assert found == [ids[1], ids[0]]
    found, before = await page(auditor, cursor=second["prev_cursor"], **wanted)
    assert found == [ids[3], ids[2]]
    found, _ = await page(auditor, cursor=before["prev_cursor"], **wanted)
    assert found == [newer[1], newer[0]]


@pytest.mark.parametrize(
    ("wanted", "field", "words"),
    [
        ({"user": "a"}, "user", "allowed are: action, cursor, from_time"),
        ({"page": 1}, "page", "Unknown parameter"),
        ({"per_page": 101}, "per_page", "less than or equal to 100"),
        ({"per_page": 0}, "per_page", "greater than or equal to 1"),
        ({"cursor": "x"}, "cursor", "The cursor is damaged"),
        ({"outcome": "lost"}, "outcome.0", "'permission_denied'"),
        ({"action": ["a"] * 101}, "action", "at most 100 items"),
        ({"search_term": ""}, "search_term", "at least 1"),
        ({"search_term": "x" * 201}, "search_term", "at most 200"),
        ({"username": "a\0b"}, "username", "NUL"),
        ({"from_time": "2020-01-01T00:00:00"}, "from_time", "zone"),
    ],
)
async def test_refused_in_words(
    auditor: httpx2.AsyncClient, wanted: Json, field: str, words: str
) -> None:
    reply = await auditor.get(URL, params=wanted)
    assert reply.status_code == 422, reply.text
    [error] = reply.json()["errors"]
    assert error["field"].removeprefix("query.") == field
    assert words in error["message"]


async def test_a_cursor_of_another_list(
    auditor: httpx2.AsyncClient, database: Database
) -> None:
    name = somebody()
    await store(database, name, {}, {})
    wanted: Json = {"username": name, "per_page": 1}
    _, meta = await page(auditor, **wanted)
    for change in ({"search_term": "a"}, {"outcome": "error"}):
        given = {**wanted, **change, "cursor": meta["next_cursor"]}
        reply = await auditor.get(URL, params=given)
        assert reply.status_code == 422
        assert "other filters" in reply.json()["errors"][0]["message"]


@pytest.mark.slow
async def test_a_page_is_one_statement(start_probe: Start, sign: Sign) -> None:
    headers = {"Authorization": f"Bearer {sign(ROLE)}"}
    with start_probe(**LOG_STATEMENTS) as service:
        async with httpx2.AsyncClient(
            base_url=service.url, headers=headers
        ) as client:
            for path in ("", f"/{2**62}"):
                reply = await client.get(URL + path)
                mine = [
                    line["statement"]
                    for line in statements(service.log)
                    if line.get("request_id")
                    == reply.headers["x-correlation-id"]
                    and line["statement"].startswith("SELECT")
                ]
                assert len(mine) == 1, mine


async def test_openapi_shows_filters_and_shapes(
    sockets: RunningService,
) -> None:
    async with httpx2.AsyncClient(base_url=sockets.url) as client:
        document = (await client.get("/openapi.json")).json()
    listed = document["paths"][URL]["get"]
    names = {parameter["name"] for parameter in listed["parameters"]}
    assert {"username", "from_time", "search_term", "cursor"} <= names
    content = listed["responses"]["200"]["content"]["application/json"]
    assert content["schema"]["$ref"].endswith("/AuditPageOutput")
    exported = document["paths"][f"{URL}/export"]["get"]
    assert exported["responses"]["200"]["content"].keys() == {
        "text/csv",
        "application/x-ndjson",
    }
    assert "format" in {item["name"] for item in exported["parameters"]}
