"""What is kept of packages and of logins of sockets."""

import uuid
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.audit_table import AuditTable, audit_table
from tests.probe.failing_packages import (
    DOMAIN_ERROR,
    FAIL,
    HASTY,
    NO_JSON,
    STUBBORN,
)
from tests.probe.packages import SLOW
from tests.probe.plain_packages import BY_SCHEMA, TWO_ROLES
from tests.running_service import RunningService
from tests.ws_client import WebSocketClient, connect

type Sign = Callable[..., str]
AGENT = {"User-Agent": "audit-test/1"}


@pytest.fixture
async def table(service_env: Mapping[str, str]) -> AsyncIterator[AuditTable]:
    async with audit_table(service_env) as found:
        yield found


@pytest.fixture
async def client(
    sockets: RunningService, sign: Sign
) -> AsyncIterator[WebSocketClient]:
    async with connect(sockets.url, sign(), headers=AGENT) as found:
        yield found


async def test_all_columns(
    sockets: RunningService, sign: Sign, table: AuditTable
) -> None:
    token = sign("b", "a", sub="u-ws", preferred_username="ann")
    async with connect(sockets.url, token, headers=AGENT) as client:
        reply = await client.ask(PkgID.WHOAMI, {"a": [1], "password": "p"})
    row = await table.one(reply["req_id"])
    assert row["event_id"].version == 7
    assert row["duration_ms"] > 0
    told = dict(row)
    for name in ("id", "event_id", "timestamp", "duration_ms"):
        del told[name]
    assert told == {
        "user_id": "u-ws",
        "username": "ann",
        "user_roles": ["a", "b"],
        "action_type": "WS:WHOAMI",
        "resource": "/web",
        "outcome": "success",
        "ip_address": "127.0.0.1",
        "user_agent": AGENT["User-Agent"],
        "request_id": reply["req_id"],
        "request_data": {"a": [1], "password": "[redacted]"},
        "response_status": 200,
        "error_message": None,
    }


@pytest.mark.parametrize(
    ("pkg_id", "data", "status", "message"),
    [
        (TWO_ROLES, {}, 403, "permission_denied: Missing roles: left-key"),
        (BY_SCHEMA, {}, 422, "validation_error: "),
        (DOMAIN_ERROR, {"code": "not_found"}, 404, "not_found: So it is."),
        (DOMAIN_ERROR, {"code": "conflict"}, 409, "conflict: So it is."),
        (FAIL, {}, 500, "internal: RuntimeError"),
        (NO_JSON, {"kind": "object"}, 500, "internal: TypeError"),
        (HASTY, {}, 504, "timeout: "),
        (STUBBORN, {}, 504, "timeout: "),
    ],
)
async def test_what_goes_wrong(
    client: WebSocketClient,
    table: AuditTable,
    pkg_id: int,
    data: dict[str, str],
    status: int,
    message: str,
) -> None:
    reply = await client.ask(pkg_id, data)
    assert reply["status_code"] != 0
    row = await table.one(reply["req_id"])
    denied = status == 403
    assert row["outcome"] == ("permission_denied" if denied else "error")
    assert row["response_status"] == status
    assert row["error_message"].startswith(message)


async def test_taken_back(client: WebSocketClient, table: AuditTable) -> None:
    req_id = await client.request(SLOW, {"seconds": 60})
    await client.send({"type": "cancel", "req_id": req_id})
    assert (await client.reply(req_id))["data"]["code"] == "cancelled"
    row = await table.one(req_id)
    assert (row["outcome"], row["response_status"]) == ("error", 499)


async def test_a_client_that_leaves(
    client: WebSocketClient, table: AuditTable
) -> None:
    req_id = await client.request(SLOW, {"seconds": 60})
    await client.settled()
    await client.connection.close()
    (row,) = await table.coming(req_id)
    assert (row["outcome"], row["response_status"]) == ("error", 499)
    assert "gone" in row["error_message"]


async def test_many_at_once_are_kept_once(
    client: WebSocketClient, table: AuditTable
) -> None:
    sent = [await client.request(PkgID.WHOAMI) for _ in range(200)]
    for req_id in sent:
        assert (await client.reply(req_id))["status_code"] == 0
    for req_id in sent[::20]:
        await table.one(req_id)


async def test_no_request_has_no_row(
    client: WebSocketClient, table: AuditTable
) -> None:
    before = await table.count()
    await client.exchange([1])
    await client.exchange({"pkg_id": -1, "req_id": str(uuid.uuid4())})
    await client.exchange({"type": "ping"})
    assert await table.count() == before


@pytest.mark.parametrize("how", ["header", "frame", "query"])
async def test_a_login(
    sockets: RunningService, sign: Sign, table: AuditTable, how: str
) -> None:
    user = f"login-{uuid.uuid4()}"
    async with connect(sockets.url, sign(sub=user), how=how) as client:  # type: ignore[arg-type]
        await client.ask(PkgID.WHOAMI)
        (row,) = await table.by(user, "WS:AUTH")
    assert (row["outcome"], row["response_status"]) == ("success", 200)
    assert row["resource"] == "/web"


@pytest.mark.parametrize("how", ["header", "frame"])
async def test_a_login_that_is_refused(
    sockets: RunningService, sign: Sign, table: AuditTable, how: str
) -> None:
    request_id = str(uuid.uuid4())
    token = sign(seconds=-3600)
    async with connect(
        sockets.url,
        token if how == "header" else None,
        headers={"X-Correlation-ID": request_id},
    ) as client:
        if how == "frame":
            await client.send({"type": "auth", "token": token})
        code, _ = await client.closed()
    assert code == 4401
    row = await table.one(request_id)
    assert row["action_type"] == "WS:AUTH"
    assert (row["outcome"], row["response_status"]) == (
        "permission_denied",
        401,
    )
    assert row["error_message"].startswith("token_expired")


async def test_a_login_as_somebody_else_is_refused(
    sockets: RunningService, sign: Sign, table: AuditTable
) -> None:
    first, second = (f"{n}-{uuid.uuid4()}" for n in ("first", "second"))
    async with connect(sockets.url, sign(sub=first)) as client:
        await client.send({"type": "auth", "token": sign(sub=second)})
        await client.closed()
    (row,) = await table.by(second, "WS:AUTH")
    assert row["outcome"] == "permission_denied"
    assert len(await table.by(first, "WS:AUTH")) == 1
