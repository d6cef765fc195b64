"""Ids that sort by time, and texts that fit."""

import time
import uuid

from hypothesis import given
from hypothesis import strategies as st

from {{cookiecutter.module_name}}.extensions.audit.event import event_of, uuid7
from {{cookiecutter.module_name}}.extensions.audit.redaction import Redaction
from {{cookiecutter.module_name}}.protocols import AuditAction


@given(st.integers(0, 2**48 - 1))
def test_uuid7(milliseconds: int) -> None:
    found = uuid7(milliseconds * 1_000_000)
    assert (found.version, found.variant) == (7, uuid.RFC_4122)
    assert found.int >> 80 == milliseconds


def test_ids_differ_and_sort_by_time() -> None:
    now = time.time_ns()
    assert len({uuid7(now) for _ in range(10_000)}) == 10_000
    assert uuid7(now) < uuid7(now + 2_000_000)


def test_long_texts_are_cut_to_what_an_index_takes() -> None:
    action = AuditAction(
        action_type="G" * 10_000,
        resource="/" * 10_000,
        request_id="\0" * 10_000,
        started=time.perf_counter(),
        username="ä" * 10_000,
        user_agent="a" * 10_000,
    )
    event = event_of(
        action, "error", 404, "e" * 10_000, Redaction(max_bytes=9)
    )
    for name in ("action_type", "username", "request_id"):
        assert 0 < len(getattr(event, name).encode()) < 2000
    for name in ("resource", "user_agent", "error_message"):
        assert len(getattr(event, name)) == 2000


def test_what_is_known_later_is_filled_in() -> None:
    def complete(action: AuditAction) -> None:
        action.username = "late"
        action.data = {"a": 1}

    action = AuditAction(
        action_type="GET",
        resource="/",
        request_id="r",
        started=time.perf_counter(),
        complete=complete,
    )
    event = event_of(action, "success", 200, None, Redaction(max_bytes=99))
    assert (event.username, event.request_data) == ("late", '{"a":1}')
    assert event.user_roles == "[]"
