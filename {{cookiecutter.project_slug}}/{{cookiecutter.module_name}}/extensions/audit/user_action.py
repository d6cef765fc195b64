"""The table of what users did."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from {{cookiecutter.module_name}}.models.base import BaseModel

EXTENSION: Final = "audit"


class UserAction(BaseModel, table=True):
    """A request, a package or a login, and what became of it.

    `event_id` is a UUIDv7 that the service made, so that a row that is
    written again is written once. `timestamp` is when it was kept.
    """

    __tablename__ = "user_actions"
    # What is looked for is read newest first, a page at a time.
    __table_args__ = (
        Index(None, "timestamp", "id"),
        Index(None, "user_id", "timestamp", "id"),
        Index(None, "username", "timestamp", "id"),
        Index(None, "action_type", "timestamp", "id"),
        Index(None, "outcome", "timestamp", "id"),
        Index(None, "request_id"),
        {"info": {"extension": EXTENSION}},
    )

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=(Identity(always=False),),
    )
    event_id: UUID = Field(unique=True)
    timestamp: datetime = Field(sa_type=DateTime(timezone=True))
    user_id: str | None = None
    username: str | None = None
    user_roles: list[str] = Field(sa_type=JSONB)
    action_type: str
    resource: str
    outcome: str
    ip_address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None
    request_data: Any = Field(default=None, sa_type=JSONB, nullable=True)
    response_status: int
    error_message: str | None = None
    duration_ms: float
