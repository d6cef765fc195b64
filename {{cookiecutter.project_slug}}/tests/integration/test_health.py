"""Health in four forms, against real parts and against missing ones."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx2
import pytest

from tests.running_service import RunningService, free_port

type Start = Callable[..., AbstractContextManager[RunningService]]


async def test_all_parts_are_healthy(client: httpx2.AsyncClient) -> None:
    body = (await client.get("/health")).json()
    assert body["status"] == "healthy"
    for part in ("database", "redis", "keycloak"):
        assert body[part]["status"] == "healthy"


@pytest.mark.parametrize(
    ("path", "status"),
    [("live", "alive"), ("ready", "ready"), ("startup", "serving")],
)
async def test_probes(
    client: httpx2.AsyncClient, path: str, status: str
) -> None:
    reply = await client.get(f"/health/{path}")
    assert reply.status_code == 200
    assert reply.json() == {"status": status}


def test_without_redis_and_keycloak_it_serves_degraded(
    start_service: Start,
) -> None:
    nobody = str(free_port())
    with start_service(
        REDIS_PORT=nobody, KEYCLOAK_BASE_URL=f"http://127.0.0.1:{nobody}"
    ) as service:
        reply = httpx2.get(f"{service.url}/health")
        assert reply.status_code == 200
        assert reply.json()["status"] == "degraded"
        assert reply.json()["redis"]["status"] == "degraded"
        assert reply.json()["database"]["status"] == "healthy"
        assert "Keycloak does not answer" in service.log
