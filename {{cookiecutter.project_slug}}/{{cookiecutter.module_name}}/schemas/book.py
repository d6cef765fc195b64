"""Books as clients send and see them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.schemas.author import AuthorId, SearchText
from {{cookiecutter.module_name}}.schemas.filters import EQUALS, contains
from {{cookiecutter.module_name}}.schemas.query import QueryModel
from {{cookiecutter.module_name}}.schemas.text import WITHOUT_NUL

type BookId = Annotated[int, Field(ge=1, le=2**63 - 1)]
type BookTitle = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    WITHOUT_NUL,
]


class BookInput(BaseModel):
    """What a client may set; the title loses spaces at both ends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: BookTitle
    author_id: AuthorId


class BookFilters(QueryModel):
    """All that are given must hold."""

    author_id: Annotated[AuthorId | None, EQUALS] = None
    search_term: Annotated[SearchText | None, contains("title")] = Field(
        default=None, description="A part of the title, in whatever case."
    )


class BookList(BookFilters):
    """The first books by id."""

    limit: int = Field(
        default=constants.DEFAULT_LIST_LIMIT,
        ge=1,
        le=constants.MAX_LIST_LIMIT,
    )


class BookAuthor(BaseModel):
    """Who wrote it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str


class BookOutput(BaseModel):
    """A book with its author."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    author: BookAuthor
    created_at: datetime
