"""The audit trail as its readers ask for it and see it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.schemas.filters import (
    EQUALS,
    at_least,
    below,
    one_of,
    starts_with,
)
from {{cookiecutter.module_name}}.schemas.moment import Moment
from {{cookiecutter.module_name}}.schemas.query import QueryModel
from {{cookiecutter.module_name}}.schemas.response import CursorMetadataModel
from {{cookiecutter.module_name}}.schemas.text import WITHOUT_NUL
from {{cookiecutter.module_name}}.types import AuditOutcome

type EntryId = Annotated[int, Field(ge=1, le=2**63 - 1)]
type Word = Annotated[
    str, StringConstraints(min_length=1, max_length=200), WITHOUT_NUL
]
type Path = Annotated[
    str, StringConstraints(min_length=1, max_length=2000), WITHOUT_NUL
]
# FastAPI sees through these, not through a `type`, that they are lists.
_SOME = Field(min_length=1, max_length=constants.MAX_FILTER_CHOICES)
Words = Annotated[list[Word], _SOME]
Outcomes = Annotated[list[AuditOutcome], _SOME]


class AuditFilters(QueryModel):
    """All that are given must hold."""

    user_id: Annotated[Word | None, EQUALS] = Field(
        default=None, description="`sub` of the user's tokens."
    )
    username: Annotated[Word | None, EQUALS] = None
    action: Annotated[Words | None, one_of("action_type")] = Field(
        default=None,
        description="Any of these: a method, or `WS:` and a package.",
    )
    outcome: Annotated[Outcomes | None, one_of("outcome")] = Field(
        default=None, description="Any of these."
    )
    resource: Annotated[Path | None, EQUALS] = Field(
        default=None, description="The whole path."
    )
    resource_prefix: Annotated[Path | None, starts_with("resource")] = Field(
        default=None, description="How the path begins."
    )
    request_id: Annotated[Word | None, EQUALS] = None
    from_time: Annotated[Moment | None, at_least("timestamp")] = Field(
        default=None, description="At this time or later."
    )
    to_time: Annotated[Moment | None, below("timestamp")] = Field(
        default=None, description="Earlier than this."
    )
    search_term: Word | None = Field(
        default=None,
        description=(
            "A part of the error message, resource or user agent, in "
            "whatever case. Reads all entries that the other filters leave, "
            "so give it `from_time`."
        ),
    )


class AuditPage(AuditFilters):
    """Which page, newest entries first."""

    per_page: int = Field(
        default=constants.DEFAULT_PAGE_SIZE, ge=1, le=constants.MAX_PAGE_SIZE
    )
    cursor: str = Field(
        default="",
        max_length=constants.MAX_CURSOR_LENGTH,
        description=(
            "Empty to start, then `next_cursor` or `prev_cursor` of the "
            "last reply, with the same filters."
        ),
    )


class ExportFormat(StrEnum):
    """How a file of entries is written."""

    CSV = "csv"
    JSONL = "jsonl"


class AuditExport(AuditFilters):
    """All entries that meet the filters, as a file."""

    format: ExportFormat = Field(
        default=ExportFormat.CSV,
        description=(
            "`jsonl` is exact. `csv` is for spreadsheets: a text that one "
            "would take for a formula begins with an apostrophe."
        ),
    )


class AuditRow(NamedTuple):
    """An entry as the database gave it; the order is that of a file."""

    id: int
    event_id: str
    timestamp: datetime
    user_id: str | None
    username: str | None
    user_roles: list[str]
    action_type: str
    resource: str
    outcome: str
    response_status: int
    error_message: str | None
    duration_ms: float
    request_id: str | None
    ip_address: str | None
    user_agent: str | None
    request_data: Any


class AuditEntryOutput(BaseModel):
    """Who did what, when, from where, and how it ended."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    event_id: UUID
    timestamp: datetime
    user_id: str | None
    username: str | None
    user_roles: list[str]
    action_type: str = Field(description="A method, or `WS:` and a package.")
    resource: str
    outcome: AuditOutcome
    response_status: int
    error_message: str | None
    duration_ms: float
    request_id: str | None
    ip_address: str | None
    user_agent: str | None
    request_data: Any = Field(description="What was sent, secrets taken out.")


class AuditPageOutput(BaseModel):
    """A page of entries."""

    data: list[AuditEntryOutput]
    meta: CursorMetadataModel
