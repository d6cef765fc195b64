"""Entries of the audit trail that a test puts there itself."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from {{cookiecutter.module_name}}.extensions.audit.user_action import UserAction
from {{cookiecutter.module_name}}.storage.db import Database

FIRST = datetime(2020, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DEFAULTS: dict[str, Any] = {
    "user_roles": ["get-things"],
    "action_type": "GET",
    "resource": "/api/things",
    "outcome": "success",
    "response_status": 200,
    "duration_ms": 1.5,
}


def somebody() -> str:
    """A name of which there are no entries yet."""
    return f"user-{uuid.uuid4().hex}"


async def store(
    database: Database, username: str, *given: dict[str, Any]
) -> Sequence[int]:
    """One entry for each, a minute apart; their ids, oldest first."""
    entries = [
        UserAction(
            **{
                **DEFAULTS,
                "event_id": uuid.uuid4(),
                "request_id": uuid.uuid4().hex,
                "timestamp": FIRST + number * MINUTE,
                "user_id": f"id-of-{username}",
                "username": username,
                **columns,
            }
        )
        for number, columns in enumerate(given)
    ]
    async with database.transaction() as session:
        for entry in entries:
            session.add(entry)
            await session.flush()
    return [entry.id or 0 for entry in entries]


async def store_many(database: Database, username: str, count: int) -> None:
    """As many as that, a minute apart, by one statement."""
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.execute(
            text(
                "INSERT INTO user_actions (event_id, timestamp, username,"
                " user_roles, action_type, resource, outcome, request_id,"
                " user_agent, response_status, duration_ms)"
                " SELECT gen_random_uuid(), CAST(:first AS timestamptz)"
                " + number * interval '1 minute', :username, '[\"a\"]', 'GET',"
                " '/api/things/' || number, 'success', md5(number::text),"
                " repeat('agent ', 20), 200, 1.5"
                " FROM generate_series(1, CAST(:count AS int)) AS number"
            ),
            {"first": FIRST, "username": username, "count": count},
        )
