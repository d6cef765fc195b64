"""Each request has exactly one reply, with the status and word that fit."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.probe.failing_packages import (
    CANCELS_ITSELF,
    DOMAIN_ERROR,
    FAIL,
    NO_JSON,
    NO_JSONS,
    OTHER_IDS,
    TOO_MUCH,
    WRONG_TYPE,
)
from tests.probe.plain_packages import BY_MODEL, BY_SCHEMA, ECHO
from tests.running_service import RunningService
from tests.ws_client import Json, connect

type Sign = Callable[..., str]
REQ_ID = "a3bb189e-8bf9-3888-9912-ace4e6543002"


async def outcome(
    service: RunningService, sign: Sign, package: int, data: Json
) -> Json:
    """The only reply."""
    async with connect(service.url, sign()) as client:
        reply = await client.ask(package, data)
        assert reply["pkg_id"] == package
        assert await client.settled() == []
        assert not client.unread
        return reply


async def test_success(sockets: RunningService, sign: Sign) -> None:
    data = {"text": "ä😀", "list": [1, 2.5, None, True], "deep": {"a": {}}}
    reply = await outcome(sockets, sign, ECHO, data)
    assert set(reply) == {"pkg_id", "req_id", "status_code", "data"}
    assert reply["status_code"] == 0
    assert reply["data"] == data


@pytest.mark.parametrize(
    ("package", "data", "status", "code"),
    [
        (DOMAIN_ERROR, {"code": "conflict"}, 2, "conflict"),
        (DOMAIN_ERROR, {"code": "validation_error"}, 2, "validation_error"),
        (DOMAIN_ERROR, {"code": "not_found"}, 1, "not_found"),
        (DOMAIN_ERROR, {"code": "unavailable"}, 1, "unavailable"),
        (PkgID.UNREGISTERED_HANDLER, {}, 2, "unknown_package"),
        (-1, {}, 2, "unknown_package"),
        (2**63, {}, 2, "unknown_package"),
        (FAIL, {}, 1, "internal"),
        (TOO_MUCH, {}, 1, "internal"),
        (WRONG_TYPE, {}, 1, "internal"),
        (CANCELS_ITSELF, {}, 1, "cancelled"),
        *((NO_JSON, {"kind": kind}, 1, "internal") for kind in NO_JSONS),
    ],
    ids=str,
)
async def test_errors(
    sockets: RunningService,
    sign: Sign,
    package: int,
    data: Json,
    status: int,
    code: str,
) -> None:
    reply = await outcome(sockets, sign, package, data)
    assert reply["status_code"] == status
    assert reply["data"]["code"] == code
    assert reply["data"]["msg"]
    assert "secret" not in json.dumps(reply)


async def test_a_handler_cannot_answer_for_another(
    sockets: RunningService, sign: Sign
) -> None:
    reply = await outcome(sockets, sign, OTHER_IDS, {})
    assert reply["data"] == "mine"


@pytest.mark.parametrize("package", [BY_SCHEMA, BY_MODEL])
@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "data"),
        ({"name": 5}, "data.name"),
        ({"name": "toolong"}, "data.name"),
        ({"name": "a", "amount": -1}, "data.amount"),
        ({"name": "a", "amount": "1"}, "data.amount"),
        ({"name": "a", "other": 1}, "data"),
    ],
    ids=str,
)
async def test_data_is_checked(
    sockets: RunningService,
    sign: Sign,
    package: int,
    data: Json,
    field: str,
) -> None:
    reply = await outcome(sockets, sign, package, data)
    assert reply["status_code"] == 2
    assert reply["data"]["code"] == "validation_error"
    [error] = reply["data"]["errors"]
    assert error["field"].startswith(field)
    assert error["message"]


@pytest.mark.parametrize("package", [BY_SCHEMA, BY_MODEL])
async def test_good_data_passes(
    sockets: RunningService, sign: Sign, package: int
) -> None:
    data = {"name": "a", "amount": 1}
    reply = await outcome(sockets, sign, package, data)
    assert reply["data"] == "a"


@pytest.mark.parametrize(
    ("changes", "pkg_id", "req_id"),
    [
        ({"pkg_id": None}, None, REQ_ID),
        ({"pkg_id": "900"}, None, REQ_ID),
        ({"pkg_id": True}, None, REQ_ID),
        ({"pkg_id": 900.0}, None, REQ_ID),
        ({"req_id": None}, ECHO, None),
        ({"req_id": 5}, ECHO, None),
        ({"req_id": "short"}, ECHO, "short"),
        ({"data": None}, ECHO, REQ_ID),
        ({"data": []}, ECHO, REQ_ID),
        ({"data": "text"}, ECHO, REQ_ID),
        ({"pkg_id": ..., "req_id": ..., "data": ...}, None, None),
        ({"pkg_id": ...}, None, REQ_ID),
        ({"req_id": ...}, ECHO, None),
        ({"data": ...}, ECHO, REQ_ID),
    ],
    ids=str,
)
async def test_a_malformed_request_keeps_its_ids_as_read(
    sockets: RunningService,
    sign: Sign,
    changes: dict[str, Any],
    pkg_id: int | None,
    req_id: str | None,
) -> None:
    request = {"pkg_id": ECHO, "req_id": REQ_ID, "data": {}, **changes}
    sent = {name: v for name, v in request.items() if v is not ...}
    async with connect(sockets.url, sign()) as client:
        reply = await client.exchange(sent)
        assert reply["pkg_id"] == pkg_id
        assert reply["req_id"] == req_id
        assert reply["status_code"] == 2
        assert reply["data"]["code"] == "validation_error"
        assert await client.settled() == []


async def test_ping(sockets: RunningService, sign: Sign) -> None:
    async with connect(sockets.url, sign()) as client:
        assert await client.exchange({"type": "ping"}) == {"type": "pong"}


@pytest.mark.parametrize("kind", ["nonsense", "auth_ok", 5, None, {}, []])
async def test_an_unknown_control_frame_is_refused(
    sockets: RunningService, sign: Sign, kind: object
) -> None:
    async with connect(sockets.url, sign()) as client:
        reply = await client.exchange({"type": kind})
        assert reply["status_code"] == 2
        assert reply["data"]["code"] == "validation_error"
        assert (await client.ask(ECHO))["status_code"] == 0


async def test_an_unexpected_error_is_logged_once_with_its_request(
    sockets: RunningService, sign: Sign
) -> None:
    req_id = str(uuid.uuid4())
    async with connect(sockets.url, sign()) as client:
        await client.request(FAIL, req_id=req_id)
        await client.reply(req_id)
    lines = [
        json.loads(line)
        for line in sockets.log.splitlines()
        if req_id in line and "the secret inside" in line
    ]
    [line] = lines
    assert line["request_id"] == req_id
    assert line["level"] == "ERROR"
    assert "RuntimeError" in line["exception"]
