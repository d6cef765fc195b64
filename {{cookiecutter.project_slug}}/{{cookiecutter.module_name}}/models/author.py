"""The table of authors."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, DateTime, Identity, Index, func
from sqlmodel import Field, Relationship

from {{cookiecutter.module_name}}.models.base import BaseModel

if TYPE_CHECKING:
    from {{cookiecutter.module_name}}.models.book import Book


class Author(BaseModel, table=True):
    """Somebody who writes; no two have the same name.

    `version` counts the changes, so that a stale copy is noticed. The
    books of a deleted author go, too.
    """

    # For pages by date: the key that settles ties is part of it.
    __table_args__ = (Index(None, "created_at", "id"),)

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=(Identity(always=False),),
    )
    name: str = Field(max_length=200, unique=True)
    version: int = 1
    created_at: datetime | None = Field(
        default=None,
        nullable=False,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now()},
    )
    books: list["Book"] = Relationship(
        back_populates="author", passive_deletes="all"
    )

    def __init__(self, *, name: str, **data: Any) -> None:
        super().__init__(name=name, **data)
