"""Statements are timed; slow ones are logged and counted."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx2
import pytest

from tests.bare import without_pieces
from tests.queries import LOG_STATEMENTS, at_most, statements
from tests.running_service import RunningService

type Start = Callable[..., AbstractContextManager[RunningService]]

SLEEP = "/probe/database/sleep"
SHAPE = "SELECT ? WHERE pg_sleep($1)::text <> $2"


@pytest.fixture(scope="module")
def patient(start_probe: Start) -> Iterator[RunningService]:
    """Calls a statement slow that takes longer than 0.2 s."""
    with start_probe(DB_SLOW_QUERY_SECONDS="0.2") as service:
        yield service


@pytest.fixture(scope="module")
def strict(start_probe: Start) -> Iterator[RunningService]:
    """Calls every statement slow."""
    with start_probe(**LOG_STATEMENTS, **without_pieces()) as service:
        yield service


def get(service: RunningService, path: str, status: int = 200) -> str:
    """Returns the request's id."""
    reply = httpx2.get(service.url + path, timeout=30)
    assert reply.status_code == status, reply.text
    request_id: str = reply.headers["x-correlation-id"]
    return request_id


def metric(service: RunningService, name: str) -> float:
    text = httpx2.get(f"{service.url}/metrics").text
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0


def test_a_slow_statement_is_logged_without_its_values(
    patient: RunningService,
) -> None:
    start = len(patient.log)
    name = 'db_slow_queries_total{operation="select"}'
    before = metric(patient, name)
    get(patient, f"{SLEEP}/0?word=hidden")
    request_id = get(patient, f"{SLEEP}/0.3?word=hidden")
    [line] = statements(patient.log[start:])
    assert line["level"] == "WARNING"
    assert line["statement"] == SHAPE
    assert line["operation"] == "select"
    assert line["rows"] == 1
    assert line["request_id"] == request_id
    assert 300 <= line["duration_ms"] < 10_000
    assert "hidden" not in patient.log[start:]
    assert metric(patient, name) == before + 1


def test_each_time_anew(patient: RunningService) -> None:
    start = len(patient.log)
    ids = [get(patient, f"{SLEEP}/0.3?word=a") for _ in range(2)]
    found = statements(patient.log[start:])
    assert [line["request_id"] for line in found] == ids


def test_all_are_timed(patient: RunningService) -> None:
    name = 'db_query_duration_seconds_count{operation="select"}'
    before = metric(patient, name)
    get(patient, "/probe/database/repeat/7")
    assert metric(patient, name) == before + 7


def test_a_failure_is_counted_and_timed(strict: RunningService) -> None:
    start = len(strict.log)
    get(strict, "/probe/database/fail", status=500)
    name = (
        'db_query_errors_total{error_type="ProgrammingError",'
        'operation="select"}'
    )
    assert metric(strict, name) == 1
    [line] = statements(strict.log[start:])
    assert line["error"] == "ProgrammingError"
    assert line["statement"] == "SELECT * FROM nowhere WHERE a = ?"
    assert "rows" not in line


@pytest.mark.parametrize(("env", "told"), [("dev", True), ("staging", False)])
async def test_values_of_a_failure_are_for_developers(
    start_probe: Start, env: str, told: bool
) -> None:
    with start_probe(ENV=env) as service:
        get(service, "/probe/database/divide/hidden", status=500)
        # It is logged after the reply.
        async with asyncio.timeout(20):
            while "division by zero" not in service.log:
                await asyncio.sleep(0.05)
        assert ("parameters: ('hidden'" in service.log) is told


def test_a_time_limit_ends_in_the_log(start_probe: Start) -> None:
    with start_probe(DB_STATEMENT_TIMEOUT_SECONDS="0.3") as service:
        request_id = get(service, f"{SLEEP}/60?word=a", status=503)
        [line] = statements(service.log)
    assert line["request_id"] == request_id
    assert line["duration_ms"] >= 300
    assert line["error"]


def test_zero_logs_none(start_probe: Start) -> None:
    with start_probe(DB_SLOW_QUERY_SECONDS="0") as service:
        get(service, f"{SLEEP}/0.3?word=a")
        assert statements(service.log) == []
        text = httpx2.get(f"{service.url}/metrics").text
        assert "db_slow_queries_total{" not in text


def test_repeats_within_a_request_are_found(strict: RunningService) -> None:
    with (
        pytest.raises(AssertionError, match=r"'SELECT \?, \?': 3"),
        at_most(2, strict),
    ):
        get(strict, "/probe/database/repeat/3")


def test_repeats_of_several_requests_are_none(
    strict: RunningService,
) -> None:
    with at_most(2, strict):
        for _ in range(3):
            get(strict, "/probe/database/repeat/2")


def test_a_service_that_logs_no_statements_proves_nothing(
    patient: RunningService,
) -> None:
    with (
        pytest.raises(AssertionError, match="no statement was logged"),
        at_most(1, patient),
    ):
        get(patient, "/probe/database/repeat/3")
