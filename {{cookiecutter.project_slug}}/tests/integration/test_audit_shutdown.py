"""Whoever is told to end writes what waits."""

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import httpx2
import pytest

from tests.audit_table import audit_table
from tests.running_service import RunningService

type Start = Callable[..., AbstractContextManager[RunningService]]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_sigterm_loses_nothing(
    start_probe: Start, service_env: Mapping[str, str], workers: str
) -> None:
    sent = [str(uuid.uuid4()) for _ in range(50)]
    with start_probe(
        AUDIT_DURABILITY="relaxed",
        AUDIT_BATCH_TIMEOUT_SECONDS="600",
        WORKERS=workers,
    ) as service:
        async with httpx2.AsyncClient(base_url=service.url) as client:
            for request_id in sent:
                headers = {"X-Correlation-ID": request_id}
                await client.get("/api/me", headers=headers)
        async with audit_table(service_env) as table:
            assert await table.of(sent[-1]) == []
            assert service.terminate() == 0
            for request_id in sent:
                await table.one(request_id)


async def test_it_can_be_switched_off(
    start_probe: Start, service_env: Mapping[str, str]
) -> None:
    request_id = str(uuid.uuid4())
    with start_probe(AUDIT_ENABLED="false") as service:
        reply = httpx2.get(
            f"{service.url}/nowhere", headers={"X-Correlation-ID": request_id}
        )
        assert reply.status_code == 404
    async with audit_table(service_env) as table:
        assert await table.of(request_id) == []


async def test_its_metrics(start_probe: Start) -> None:
    with start_probe(AUDIT_DURABILITY="strict") as service:
        httpx2.get(f"{service.url}/nowhere")
        httpx2.get(f"{service.url}/api/me")
        found = httpx2.get(f"{service.url}/metrics").text
    for line in (
        'audit_logs_total{outcome="error"} 1.0',
        'audit_logs_total{outcome="permission_denied"} 1.0',
        "audit_logs_written_total 2.0",
        "audit_logs_dropped_total 0.0",
        "audit_queue_depth 0.0",
        "audit_batch_size_count 2.0",
        "audit_write_duration_seconds_count 2.0",
    ):
        assert f"\n{line}\n" in found
