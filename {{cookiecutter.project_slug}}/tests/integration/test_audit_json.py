"""No input keeps its own row from being written."""

import time
import uuid
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from {{cookiecutter.module_name}}.extensions.audit.event import Event, event_of
from {{cookiecutter.module_name}}.extensions.audit.redaction import Redaction
from {{cookiecutter.module_name}}.extensions.audit.store import EventStore
from {{cookiecutter.module_name}}.protocols import AuditAction
from {{cookiecutter.module_name}}.storage.db import Database

from tests.audit_table import audit_table

EXAMPLES = 300
REDACTION = Redaction(max_bytes=8192)
# Halves of surrogate pairs and NUL among them.
TEXT = st.text(alphabet=st.characters(), max_size=30) | st.just("\ud800\0")
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
JSON = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5)
    ),
    max_leaves=30,
)


def events(request_id: str) -> list[Event]:
    """Of all that comes to the mind of hypothesis."""
    found: list[Event] = []

    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(JSON, TEXT)
    def collect(data: Any, text: str) -> None:
        action = AuditAction(
            action_type=f"GET{text}",
            resource=text,
            request_id=request_id,
            started=time.perf_counter(),
            username=text,
            ip_address=text,
            user_agent=text,
            data=data,
        )
        found.append(event_of(action, "error", 400, text, REDACTION))

    collect()
    return found


async def test_whatever_comes_can_be_stored(
    database: Database, service_env: dict[str, str]
) -> None:
    request_id = str(uuid.uuid4())
    made = events(request_id)
    store = EventStore(database)
    for event in made:
        await store.insert([event])
    async with audit_table(service_env) as table:
        assert len(await table.of(request_id)) == len(made) >= EXAMPLES // 2
