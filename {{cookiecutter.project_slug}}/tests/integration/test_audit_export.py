"""The audit trail as a file: complete or visibly broken off."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import orjson
import pytest

from {{cookiecutter.module_name}}.extensions.audit.schemas import AuditRow
from {{cookiecutter.module_name}}.storage.db import Database

from tests.audit_entries import somebody, store, store_many
from tests.local_issuer import Sign
from tests.running_service import RunningService

URL = "/api/audit-logs/export"


@pytest.fixture
async def auditor(
    sockets: RunningService, sign: Sign
) -> AsyncIterator[httpx2.AsyncClient]:
    """May read the trail."""
    headers = {"Authorization": f"Bearer {sign('view-audit-logs')}"}
    async with httpx2.AsyncClient(
        base_url=sockets.url, headers=headers
    ) as client:
        yield client


async def exported(
    client: httpx2.AsyncClient, form: str, **wanted: Any
) -> httpx2.Response:
    """The whole file."""
    reply = await client.get(URL, params={"format": form, **wanted})
    assert reply.status_code == 200, reply.text
    return reply


async def test_a_file_to_save(
    auditor: httpx2.AsyncClient, database: Database
) -> None:
    name = somebody()
    await store(database, name, {}, {"request_data": {"a": [1, "ü"]}})
    for form, media_type in (
        ("csv", "text/csv; charset=utf-8"),
        ("jsonl", "application/x-ndjson"),
    ):
        reply = await exported(auditor, form, username=name)
        assert reply.headers["content-type"] == media_type
        assert reply.headers["cache-control"] == "no-store"
        disposition = reply.headers["content-disposition"]
        assert disposition.startswith('attachment; filename="')
        assert disposition.endswith(f'Z.{form}"')
        assert "content-length" not in reply.headers


async def test_both_formats_hold_the_same(
    auditor: httpx2.AsyncClient, database: Database
) -> None:
    name = somebody()
    data = {"a": [1, "ü"], "b": 'say "x",\n'}
    await store(database, name, {"user_agent": None}, {"request_data": data})
    reply = await exported(auditor, "jsonl", username=name)
    lines = [orjson.loads(line) for line in reply.text.splitlines()]
    reply = await exported(auditor, "csv", username=name)
    rows = list(csv.DictReader(io.StringIO(reply.text, newline="")))
    assert reply.text.partition("\r\n")[0] == ",".join(AuditRow._fields)
    assert list(lines[0]) == list(AuditRow._fields)
    assert len(rows) == len(lines) == 2
    for row, line in zip(rows, lines, strict=True):
        assert row["id"] == str(line["id"])
        assert row["event_id"] == line["event_id"]
        assert orjson.loads(row["user_roles"]) == line["user_roles"]
        assert row["ip_address"] == (line["ip_address"] or "")
        assert row["duration_ms"] == "1.5"
    assert orjson.loads(rows[0]["request_data"]) == data
    assert lines[0]["request_data"] == data


async def test_nothing_is_a_head_alone(auditor: httpx2.AsyncClient) -> None:
    name = somebody()
    reply = await exported(auditor, "csv", username=name)
    assert reply.text == ",".join(AuditRow._fields) + "\r\n"
    assert (await exported(auditor, "jsonl", username=name)).text == ""


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(0)",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        " =1",
        "\uff1d1",
        "=1,2",
        '="a"',
    ],
)
async def test_no_cell_is_a_formula(
    auditor: httpx2.AsyncClient, database: Database, text: str
) -> None:
    name = somebody()
    await store(database, name, {"user_agent": text, "resource": text})
    reply = await exported(auditor, "csv", username=name)
    [row] = csv.DictReader(io.StringIO(reply.text, newline=""))
    assert row["user_agent"] == row["resource"] == f"'{text}"
    reply = await exported(auditor, "jsonl", username=name)
    assert orjson.loads(reply.text)["user_agent"] == text


async def test_batches_join_without_a_seam(
    auditor: httpx2.AsyncClient, database: Database
) -> None:
    for count in (500, 1234):
        name = somebody()
        await store_many(database, name, count)
        reply = await exported(auditor, "jsonl", username=name)
        found = [orjson.loads(line) for line in reply.text.splitlines()]
        assert [entry["resource"] for entry in found] == [
            f"/api/things/{number}" for number in range(count, 0, -1)
        ]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"format": "xml"}, "format"),
        ({"cursor": ""}, "cursor"),
        ({"per_page": 1}, "per_page"),
    ],
)
async def test_refused_in_words(
    auditor: httpx2.AsyncClient, wanted: dict[str, Any], field: str
) -> None:
    reply = await auditor.get(URL, params=wanted)
    assert reply.status_code == 422, reply.text
    [error] = reply.json()["errors"]
    assert error["field"] == f"query.{field}"
