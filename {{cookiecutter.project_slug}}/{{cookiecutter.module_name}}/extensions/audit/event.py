"""One entry of the trail, the same for HTTP and WebSocket."""

import os
import time
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from {{cookiecutter.module_name}}.extensions.audit.redaction import Redaction, clean
from {{cookiecutter.module_name}}.protocols import AuditAction
from {{cookiecutter.module_name}}.types import AuditOutcome

# PostgreSQL's indexes take no entry of more than 2704 bytes.
_SHORT = 200
_LONG = 2000


class Event(NamedTuple):
    """A row of `user_actions`; roles and data are JSON already."""

    event_id: UUID
    timestamp: datetime
    user_id: str | None
    username: str | None
    user_roles: str
    action_type: str
    resource: str
    outcome: str
    ip_address: str | None
    user_agent: str | None
    request_id: str | None
    request_data: str
    response_status: int
    error_message: str | None
    duration_ms: float


def event_of(
    action: AuditAction,
    outcome: AuditOutcome,
    status: int,
    error: str | None,
    redaction: Redaction,
) -> Event:
    """As it stands now; a second one of the same action is another."""
    if action.complete is not None:
        action.complete(action)
    now = time.time_ns()
    user = action.user
    name = user.username if user else action.username
    seconds = time.perf_counter() - action.started
    return Event(
        event_id=uuid7(now),
        timestamp=datetime.fromtimestamp(now / 1e9, UTC),
        user_id=_text(user.id, _SHORT) if user else None,
        username=_text(name, _SHORT),
        user_roles=_roles(user.roles) if user else "[]",
        action_type=clean(action.action_type, _SHORT),
        resource=clean(action.resource, _LONG),
        outcome=outcome,
        ip_address=_text(action.ip_address, _SHORT),
        user_agent=_text(action.user_agent, _LONG),
        request_id=_text(action.request_id, _SHORT),
        request_data=redaction.to_json(action.data or {}),
        response_status=status,
        error_message=_text(error, _LONG),
        duration_ms=round(seconds * 1000, 3),
    )


def uuid7(nanoseconds: int) -> UUID:
    """RFC 9562: sorts by time; the standard library has it from 3.14 on."""
    rest = int.from_bytes(os.urandom(10))
    number = (nanoseconds // 1_000_000 & (1 << 48) - 1) << 80 | rest
    number &= ~(0xF << 76 | 0b11 << 62)
    return UUID(int=number | 0x7 << 76 | 0b10 << 62)


def _text(text: str | None, limit: int) -> str | None:
    return clean(text, limit) if text else None


def _roles(roles: frozenset[str]) -> str:
    return orjson.dumps(sorted(clean(r, _SHORT) for r in roles)).decode()
