"""What somebody just did is there for whoever may see it."""

from typing import Any

import httpx2

from tests.local_issuer import Sign
from tests.running_service import RunningService
from tests.ws_client import connect

URL = "/api/audit-logs"


async def entry_of(
    client: httpx2.AsyncClient, reply: httpx2.Response
) -> dict[str, Any]:
    """The one entry of a request."""
    wanted = {"request_id": reply.headers["x-correlation-id"]}
    found = await client.get(URL, params=wanted)
    [entry] = found.json()["data"]
    assert isinstance(entry, dict)
    return entry


async def test_requests_and_reading_itself(
    sockets: RunningService, sign: Sign
) -> None:
    headers = {"Authorization": f"Bearer {sign('view-audit-logs')}"}
    other = {"Authorization": f"Bearer {sign('get-things', sub='other')}"}
    async with httpx2.AsyncClient(
        base_url=sockets.url, headers=headers
    ) as client:
        answered = await client.get("/api/me", headers=other)
        refused = await client.get(f"{URL}/export", headers=other)
        entry = await entry_of(client, answered)
        assert entry["user_id"] == "other"
        assert entry["user_roles"] == ["get-things"]
        assert (entry["action_type"], entry["resource"]) == ("GET", "/api/me")
        assert (entry["outcome"], entry["response_status"]) == ("success", 200)
        entry = await entry_of(client, refused)
        assert entry["outcome"] == "permission_denied"
        assert "view-audit-logs" in entry["error_message"]
        read = await client.get(URL, params={"per_page": 1})
        exported = await client.get(f"{URL}/export", params={"action": "no"})
        assert (await entry_of(client, read))["resource"] == URL
        entry = await entry_of(client, exported)
        assert entry["resource"] == f"{URL}/export"
        assert entry["request_data"]["query"] == {"action": "no"}


async def test_packages(sockets: RunningService, sign: Sign) -> None:
    token = sign("view-audit-logs", sub="of-a-socket")
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(sockets.url, token) as socket:
        await socket.ask(100)
    async with httpx2.AsyncClient(
        base_url=sockets.url, headers=headers
    ) as client:
        found = await client.get(
            URL, params={"user_id": "of-a-socket", "action": "WS:WHOAMI"}
        )
    [entry] = found.json()["data"]
    assert (entry["outcome"], entry["response_status"]) == ("success", 200)
