"""Each filter of the audit trail, for pages and for exports alike."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import httpx2
import orjson
import pytest

from {{cookiecutter.module_name}}.storage.db import Database

from tests.audit_entries import FIRST, MINUTE, somebody, store
from tests.local_issuer import Sign
from tests.running_service import RunningService

URL = "/api/audit-logs"
ENTRIES: tuple[dict[str, Any], ...] = (
    {"action_type": "GET", "resource": "/api/things"},
    {"action_type": "POST", "resource": "/api/things_old", "outcome": "error"},
    {"action_type": "WS:WHOAMI", "resource": "/web"},
    {
        "action_type": "GET",
        "resource": "/api/things/7",
        "outcome": "permission_denied",
        "error_message": "Missing roles: GET-thing (100 %)",
        "request_id": "the-fourth",
    },
    {"action_type": "DELETE", "user_agent": "Robot/1_0"},
)
CASES: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [4, 3, 2, 1, 0]),
    ({"action": "GET"}, [3, 0]),
    ({"action": ["POST", "WS:WHOAMI"]}, [2, 1]),
    ({"outcome": "permission_denied"}, [3]),
    ({"outcome": ["error", "permission_denied"]}, [3, 1]),
    ({"resource": "/api/things"}, [4, 0]),
    ({"resource_prefix": "/api/things"}, [4, 3, 1, 0]),
    ({"resource_prefix": "/api/things/"}, [3]),
    ({"resource_prefix": "/api/things_"}, [1]),
    ({"request_id": "the-fourth"}, [3]),
    ({"from_time": FIRST + 3 * MINUTE}, [4, 3]),
    ({"to_time": FIRST + MINUTE}, [0]),
    ({"from_time": FIRST + MINUTE, "to_time": FIRST + 3 * MINUTE}, [2, 1]),
    ({"from_time": FIRST + timedelta(days=1)}, []),
    ({"search_term": "missing ROLES"}, [3]),
    ({"search_term": "100 %"}, [3]),
    ({"search_term": "robot/1_"}, [4]),
    ({"search_term": "robot/1%0"}, []),
    ({"search_term": "THINGS"}, [4, 3, 1, 0]),
    ({"search_term": "things", "action": "GET", "outcome": "success"}, [0]),
]


@pytest.fixture(scope="module")
async def auditor(
    sockets: RunningService, sign: Sign
) -> AsyncIterator[httpx2.AsyncClient]:
    """May read the trail."""
    headers = {"Authorization": f"Bearer {sign('view-audit-logs')}"}
    async with httpx2.AsyncClient(
        base_url=sockets.url, headers=headers
    ) as client:
        yield client


@pytest.fixture
async def stored(database: Database) -> tuple[str, Sequence[int]]:
    """A name, and the ids of its ENTRIES."""
    name = somebody()
    return name, await store(database, name, *ENTRIES)


@pytest.mark.parametrize(("wanted", "expected"), CASES, ids=repr)
async def test_a_filter(
    auditor: httpx2.AsyncClient,
    stored: tuple[str, Sequence[int]],
    wanted: dict[str, Any],
    expected: list[int],
) -> None:
    name, ids = stored
    given = {
        key: value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in wanted.items()
    }
    for user in ({"username": name}, {"user_id": f"id-of-{name}"}):
        reply = await auditor.get(URL, params={**user, **given})
        assert reply.status_code == 200, reply.text
        found = [entry["id"] for entry in reply.json()["data"]]
        assert found == [ids[number] for number in expected]
        file = await auditor.get(
            f"{URL}/export", params={**user, **given, "format": "jsonl"}
        )
        lines = [orjson.loads(line) for line in file.text.splitlines()]
        assert lines == reply.json()["data"]
