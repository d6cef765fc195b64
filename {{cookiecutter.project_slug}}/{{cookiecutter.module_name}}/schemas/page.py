"""Which page of a list a client wants."""

from typing import Any, Literal, NamedTuple

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.schemas.query import QueryModel
from {{cookiecutter.module_name}}.schemas.response import Metadata

_BY_PAGE_ONLY = ("page", "total")


class PageRequest(QueryModel):
    """By `page`, or by `cursor`; a subclass adds filters and sorts.

    A subclass narrows `sort` to the names that its repository knows:
    `sort: Literal["id", "name"] = "id"`.
    """

    page: int = Field(
        default=1,
        ge=1,
        le=1_000_000,
        description="Counted from 1; not together with `cursor`.",
    )
    per_page: int = Field(
        default=constants.DEFAULT_PAGE_SIZE, ge=1, le=constants.MAX_PAGE_SIZE
    )
    total: bool = Field(
        default=True,
        description="Whether to count all; not together with `cursor`.",
    )
    cursor: str | None = Field(
        default=None,
        max_length=constants.MAX_CURSOR_LENGTH,
        description=(
            "Empty to start, then `next_cursor` or `prev_cursor` of the "
            "last reply, with the same filters and order."
        ),
    )
    sort: str | None = Field(default=None, max_length=64)
    order: Literal["asc", "desc"] = "asc"

    @model_validator(mode="before")
    @classmethod
    def _page_or_cursor(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("cursor") is None:
            return data
        surplus = [name for name in _BY_PAGE_ONLY if name in data]
        if surplus:
            raise ValidationError.from_exception_data(
                cls.__name__, [_surplus(name, data[name]) for name in surplus]
            )
        return data


class Page[Row](NamedTuple):
    """Rows of a page, and where it stands."""

    rows: list[Row]
    meta: Metadata


def _surplus(name: str, value: Any) -> InitErrorDetails:
    error = PydanticCustomError(
        "page_and_cursor", "Not together with `cursor`: a list is read by one"
    )
    return InitErrorDetails(type=error, loc=(name,), input=value)
