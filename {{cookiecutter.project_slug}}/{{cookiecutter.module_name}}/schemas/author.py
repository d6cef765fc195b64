"""Authors as clients send and see them."""

from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.schemas.query import QueryModel
from {{cookiecutter.module_name}}.schemas.response import MetadataModel
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


class AuthorPage(QueryModel):
    """Which page of the authors, by id."""

    page: int = Field(default=1, ge=1, le=1_000_000)
    per_page: int = Field(
        default=constants.DEFAULT_PAGE_SIZE, ge=1, le=constants.MAX_PAGE_SIZE
    )


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
    meta: MetadataModel


class AuthorRow(NamedTuple):
    """The fields of AuthorOutput, unchecked, as the database gave them."""

    id: int
    name: str
    version: int
    created_at: datetime


class AuthorFilters(QueryModel):
    """All that are given must hold; `search_term` is part of the name."""

    id: AuthorId | None = None
    name: SearchText | None = None
    search_term: SearchText | None = None
    limit: int = Field(
        default=constants.DEFAULT_LIST_LIMIT,
        ge=1,
        le=constants.MAX_LIST_LIMIT,
    )
