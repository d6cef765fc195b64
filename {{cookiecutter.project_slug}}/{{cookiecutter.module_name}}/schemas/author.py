"""Authors as clients send and see them."""

from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.schemas.filters import (
    EQUALS,
    at_least,
    below,
    contains,
    one_of,
)
from {{cookiecutter.module_name}}.schemas.moment import Moment
from {{cookiecutter.module_name}}.schemas.page import PageRequest
from {{cookiecutter.module_name}}.schemas.query import QueryModel
from {{cookiecutter.module_name}}.schemas.response import Metadata
from {{cookiecutter.module_name}}.schemas.text import WITHOUT_NUL

type AuthorId = Annotated[int, Field(ge=1, le=2**63 - 1)]
type AuthorName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    WITHOUT_NUL,
]
type SearchText = Annotated[
    str, StringConstraints(min_length=1, max_length=200), WITHOUT_NUL
]


class AuthorInput(BaseModel):
    """What a client may set; the name loses spaces at both ends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: AuthorName


class AuthorOutput(BaseModel):
    """An author; `version` grows by one with each change."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    version: int
    created_at: datetime


class AuthorPageOutput(BaseModel):
    """A page of authors."""

    model_config = ConfigDict(from_attributes=True)

    data: list[AuthorOutput]
    meta: Metadata


class AuthorRow(NamedTuple):
    """The fields of AuthorOutput, unchecked, as the database gave them."""

    id: int
    name: str
    version: int
    created_at: datetime


class AuthorFilters(QueryModel):
    """All that are given must hold."""

    id: Annotated[AuthorId | None, EQUALS] = None
    ids: Annotated[
        Annotated[
            list[AuthorId],
            Field(min_length=1, max_length=constants.MAX_FILTER_CHOICES),
        ]
        | None,
        one_of("id"),
    ] = Field(default=None, description="Any of these.")
    name: Annotated[SearchText | None, EQUALS] = None
    search_term: Annotated[SearchText | None, contains("name")] = Field(
        default=None, description="A part of the name, in whatever case."
    )
    created_after: Annotated[Moment | None, at_least("created_at")] = Field(
        default=None, description="At this time or later."
    )
    created_before: Annotated[Moment | None, below("created_at")] = Field(
        default=None, description="Earlier than this."
    )


class AuthorList(AuthorFilters):
    """The first authors by id."""

    limit: int = Field(
        default=constants.DEFAULT_LIST_LIMIT,
        ge=1,
        le=constants.MAX_LIST_LIMIT,
    )


class AuthorPage(AuthorFilters, PageRequest):
    """Which page of the authors."""

    sort: Literal["id", "name", "created_at"] = "id"
