"""What is kept of HTTP requests."""

import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from tests.audit_table import AuditTable, audit_table
from tests.running_service import RunningService

type Sign = Callable[..., str]
AGENT = "audit-test/1"
COLUMNS = {
    "id",
    "event_id",
    "timestamp",
    "user_id",
    "username",
    "user_roles",
    "action_type",
    "resource",
    "outcome",
    "ip_address",
    "user_agent",
    "request_id",
    "request_data",
    "response_status",
    "error_message",
    "duration_ms",
}


@pytest.fixture
async def table(service_env: Mapping[str, str]) -> AsyncIterator[AuditTable]:
    async with audit_table(service_env) as found:
        yield found


@pytest.fixture
async def ask(sockets: RunningService) -> AsyncIterator[httpx2.AsyncClient]:
    """With a correlation id of its own."""
    async with httpx2.AsyncClient(
        base_url=sockets.url,
        headers={
            "X-Correlation-ID": str(uuid.uuid4()),
            "User-Agent": AGENT,
        },
    ) as found:
        yield found


def id_of(client: httpx2.AsyncClient) -> str:
    return client.headers["X-Correlation-ID"]


async def test_all_columns_of_a_read(
    ask: httpx2.AsyncClient, table: AuditTable, sign: Sign
) -> None:
    token = sign("b", "a", sub="u-1", preferred_username="ann")
    reply = await ask.get(
        "/api/me?x=1&token=abc&x=2",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert reply.status_code == 200
    row = await table.one(id_of(ask))
    assert set(row) == COLUMNS
    assert row["event_id"].version == 7
    age = datetime.now(UTC) - row["timestamp"]
    assert timedelta(0) <= age < timedelta(minutes=1)
    assert 0 < row["duration_ms"] < 60_000
    told = {name: row[name] for name in COLUMNS - {"id", "event_id"}}
    del told["timestamp"], told["duration_ms"]
    assert told == {
        "user_id": "u-1",
        "username": "ann",
        "user_roles": ["a", "b"],
        "action_type": "GET",
        "resource": "/api/me",
        "outcome": "success",
        "ip_address": "127.0.0.1",
        "user_agent": AGENT,
        "request_id": id_of(ask),
        "request_data": {"query": {"x": ["1", "2"], "token": "[redacted]"}},
        "response_status": 200,
        "error_message": None,
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "outcome", "message"),
    [
        ("GET", "/api/me", 401, "permission_denied", "not_authenticated: "),
        ("GET", "/nowhere", 404, "error", "not_found: "),
        ("PUT", "/api/me", 405, "error", "method_not_allowed: "),
        ("GET", "/probe/conflict", 409, "error", "conflict: Twice"),
        ("POST", "/probe/items/x", 422, "error", "validation_error: "),
        ("GET", "/probe/fail", 500, "error", "internal: RuntimeError"),
    ],
)
async def test_what_is_refused(
    ask: httpx2.AsyncClient,
    table: AuditTable,
    method: str,
    path: str,
    status: int,
    outcome: str,
    message: str,
) -> None:
    reply = await ask.request(method, path)
    assert reply.status_code == status
    row = await table.one(id_of(ask))
    assert row["outcome"] == outcome
    assert row["response_status"] == status
    assert row["error_message"].startswith(message)
    assert row["user_id"] is None
    assert "inside" not in row["error_message"]


async def test_a_missing_role(
    ask: httpx2.AsyncClient, table: AuditTable, sign: Sign
) -> None:
    token = sign(sub="u-2", preferred_username="bob")
    reply = await ask.get(
        "/api/audit-logs", headers={"Authorization": f"Bearer {token}"}
    )
    assert reply.status_code == 403
    row = await table.one(id_of(ask))
    assert row["outcome"] == "permission_denied"
    assert (row["user_id"], row["username"]) == ("u-2", "bob")
    assert "view-audit-logs" in row["error_message"]


async def test_excluded_paths_are_not_kept(
    ask: httpx2.AsyncClient, table: AuditTable
) -> None:
    for path in ("/health/live", "/metrics", "/openapi.json"):
        assert (await ask.get(path)).status_code == 200
    assert await table.of(id_of(ask)) == []


async def test_a_login_that_fails_names_who_it_was_for(
    client: httpx2.AsyncClient, table: AuditTable
) -> None:
    request_id = str(uuid.uuid4())
    reply = await client.post(
        "/auth/login",
        json={"username": "mallory", "password": "guess-4711"},
        headers={"X-Correlation-ID": request_id},
    )
    assert reply.status_code == 401
    row = await table.one(request_id)
    assert row["username"] == "mallory"
    assert row["user_id"] is None
    assert row["outcome"] == "permission_denied"
    assert "guess-4711" not in json.dumps(row, default=str)


async def test_a_login(client: httpx2.AsyncClient, table: AuditTable) -> None:
    request_id = str(uuid.uuid4())
    reply = await client.post(
        "/auth/login",
        json={"username": "alice", "password": "alice"},
        headers={"X-Correlation-ID": request_id},
    )
    assert reply.status_code == 200
    row = await table.one(request_id)
    assert (row["username"], row["outcome"]) == ("alice", "success")
    assert row["request_data"]["body"]["password"] == "[redacted]"


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (
            {"data": {"user": "u", "Pass-Word": "p"}},
            {"user": "u", "Pass-Word": "[redacted]"},
        ),
        ({"content": b"raw"}, "[left out]"),
        ({"json": {"text": "x" * 9000}}, "[left out]"),
        (
            {
                "content": b"{no json",
                "headers": {"Content-Type": "application/json"},
            },
            "[left out]",
        ),
        (
            {
                "content": b'{"n": 1e999, "u": "\\ud800\\u0000"}',
                "headers": {"Content-Type": "application/json"},
            },
            {"n": None, "u": "?\ufffd"},
        ),
    ],
)
async def test_bodies(
    ask: httpx2.AsyncClient,
    table: AuditTable,
    sent: dict[str, object],
    body: object,
) -> None:
    reply = await ask.post("/probe/items/1", **sent)  # type: ignore[arg-type]
    assert reply.status_code == 422
    row = await table.one(id_of(ask))
    assert row["request_data"] == {"body": body}


async def test_a_stream_is_kept_when_it_begins(
    ask: httpx2.AsyncClient, table: AuditTable
) -> None:
    with pytest.raises(httpx2.HTTPError):
        await ask.get("/probe/broken-stream")
    row = await table.one(id_of(ask))
    assert (row["outcome"], row["response_status"]) == ("success", 200)


async def test_a_client_that_does_not_wait(
    ask: httpx2.AsyncClient, table: AuditTable
) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        await ask.get("/probe/slow/0.5", timeout=0.1)
    (row,) = await table.coming(id_of(ask))
    assert row["resource"] == "/probe/slow/0.5"
