"""The table of books."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Identity,
    UniqueConstraint,
    func,
)
from sqlmodel import Field, Relationship

from {{cookiecutter.module_name}}.models.author import Author
from {{cookiecutter.module_name}}.models.base import BaseModel


class Book(BaseModel, table=True):
    """What an author wrote; no two of one author have the same title."""

    # Its index also finds the books of an author.
    __table_args__ = (UniqueConstraint("author_id", "title"),)

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=(Identity(always=False),),
    )
    title: str = Field(max_length=200)
    author_id: int | None = Field(
        default=None,
        nullable=False,
        foreign_key="author.id",
        ondelete="CASCADE",
        sa_type=BigInteger,
    )
    created_at: datetime | None = Field(
        default=None,
        nullable=False,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now()},
    )
    author: Author = Relationship(back_populates="books")

    def __init__(self, *, title: str, **data: Any) -> None:
        super().__init__(title=title, **data)
