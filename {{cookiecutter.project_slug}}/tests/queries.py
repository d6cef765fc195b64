"""How often a request asks PostgreSQL the same."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.running_service import RunningService

# Makes a service log all statements, as if each were slow.
LOG_STATEMENTS = {
    "DB_SLOW_QUERY_SECONDS": "0.000000001",
    "LOG_CONSOLE_FORMAT": "json",
}


def statements(log: str) -> list[dict[str, Any]]:
    """The lines about slow statements, in order."""
    lines = [json.loads(ln) for ln in log.splitlines() if ln.startswith("{")]
    return [line for line in lines if line["message"] == "A slow statement"]


@contextmanager
def at_most(times: int, service: RunningService) -> Iterator[None]:
    """Fails when a request of the block repeats a statement more often.

    Statements are the same when they differ in values only, so a list
    that asks again for each of its rows is found out. The service runs
    with LOG_STATEMENTS.
    """
    start = len(service.log)
    yield
    found = statements(service.log[start:])
    assert found, "no statement was logged"
    counts = Counter(
        (line["request_id"], line["statement"])
        for line in found
        if "request_id" in line  # Else it is of a background task.
    )
    often = {shape: n for (_, shape), n in counts.items() if n > times}
    assert not often, f"asked more than {times} times in a request: {often}"
