"""Every error is a problem document with headers, and is counted."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.running_service import RunningService


@pytest.fixture
async def probe(
    probe_service: RunningService,
) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=probe_service.url) as found:
        yield found


def check_problem(reply: httpx2.Response, status: int, code: str) -> None:
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    body = reply.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"]
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == reply.headers["x-correlation-id"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in reply.headers


async def test_unknown_path(probe: httpx2.AsyncClient) -> None:
    check_problem(await probe.get("/nowhere"), 404, "not_found")


async def test_wrong_method(probe: httpx2.AsyncClient) -> None:
    reply = await probe.delete("/health")
    check_problem(reply, 405, "method_not_allowed")
    assert reply.headers["allow"] == "GET"


async def test_domain_error(probe: httpx2.AsyncClient) -> None:
    reply = await probe.get("/probe/conflict")
    check_problem(reply, 409, "conflict")
    assert reply.json()["detail"] == "Twice is once too often."


async def test_unexpected_error_tells_nothing_of_the_inside(
    probe: httpx2.AsyncClient, probe_service: RunningService
) -> None:
    reply = await probe.get(
        "/probe/fail", headers={"X-Correlation-ID": "find-me-500"}
    )
    check_problem(reply, 500, "internal")
    assert "secret" not in reply.text
    async with asyncio.timeout(5):
        while "the secret inside" not in probe_service.log:
            await asyncio.sleep(0.02)
    lines = [
        json.loads(line)
        for line in probe_service.log.splitlines()
        if "the secret inside" in line
    ]
    assert len(lines) == 1, "logged once, not swallowed and not twice"
    assert lines[0]["request_id"] == "find-me-500"
    assert lines[0]["level"] == "ERROR"
    assert "RuntimeError" in lines[0]["exception"]


async def test_half_a_reply_is_broken_off(probe: httpx2.AsyncClient) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        await probe.get("/probe/broken-stream")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"no json", "body.0"),
        (b'{"name": "x", "amount": 1', "body"),
        (b"\xff\xfe", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b'{"amount": 1}', "body.name"),
        (b'{"name": "x", "amount": 101}', "body.amount"),
        (b'{"name": "x", "amount": 1e400}', "body.amount"),
        (b'{"name": "x", "amount": ' + b"9" * 5000 + b"}", "body"),
        (b'{"name": "x", "amount": 1, "extra": 2}', "body.extra"),
        (b"[" * 100_000, "body"),
    ],
    ids=lambda value: repr(value)[:24],
)
async def test_refused_body_names_the_field(
    probe: httpx2.AsyncClient, body: bytes, field: str
) -> None:
    reply = await probe.post(
        "/probe/items/1",
        content=body,
        headers={"content-type": "application/json"},
    )
    check_problem(reply, 422, "validation_error")
    fields = [error["field"] for error in reply.json()["errors"]]
    assert any(found.startswith(field) for found in fields), fields


async def test_number_out_of_range_in_the_path(
    probe: httpx2.AsyncClient,
) -> None:
    reply = await probe.post(
        "/probe/items/one", json={"name": "x", "amount": 1}
    )
    check_problem(reply, 422, "validation_error")
    assert reply.json()["errors"][0]["field"] == "path.item_id"


@pytest.mark.parametrize("chunked", [False, True])
async def test_too_large_a_body(
    probe: httpx2.AsyncClient, *, chunked: bool
) -> None:
    body = json.dumps({"name": "x" * 1_100_000, "amount": 1}).encode()

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    reply = await probe.post(
        "/probe/items/1",
        content=parts() if chunked else body,
        headers={"content-type": "application/json"},
    )
    check_problem(reply, 413, "body_too_large")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("order-66", True),
        ("a b", False),
        ("x" * 129, False),
        ("\u00e9", False),
    ],
)
async def test_correlation_id(
    probe: httpx2.AsyncClient, sent: str, *, kept: bool
) -> None:
    reply = await probe.get(
        "/health/live", headers={b"X-Correlation-ID": sent.encode("latin-1")}
    )
    assert (reply.headers["x-correlation-id"] == sent) is kept


async def test_metrics_count_refusals_by_route_template(
    probe: httpx2.AsyncClient,
) -> None:
    await probe.get("/nowhere/else")
    await probe.get("/probe/fail")
    await probe.request("TRACE", "/health")
    await probe.post("/probe/items/77", json={"name": "x", "amount": 1})
    text = (await probe.get("/metrics")).text
    for labels in (
        'endpoint="unmatched",method="GET",status_code="404"',
        'endpoint="/probe/fail",method="GET",status_code="500"',
        'endpoint="/health",method="other",status_code="405"',
        'endpoint="/probe/items/{item_id}",method="POST",status_code="200"',
    ):
        assert "http_requests_total{" + labels + "}" in text
    assert "/probe/items/77" not in text
    assert 'app_info{environment="dev"' in text
    assert "http_request_duration_seconds_bucket" in text


async def test_in_progress_gauge(probe: httpx2.AsyncClient) -> None:
    slow = asyncio.create_task(probe.get("/probe/slow/1"))
    name = 'http_requests_in_progress{endpoint="/probe/slow/{seconds}"'
    async with asyncio.timeout(5):
        while name + ',method="GET"} 1.0' not in await _metrics(probe):
            await asyncio.sleep(0.02)
    await slow
    assert name + ',method="GET"} 0.0' in await _metrics(probe)


async def _metrics(probe: httpx2.AsyncClient) -> str:
    return (await probe.get("/metrics")).text
