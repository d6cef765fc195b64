"""A table with a column of each type that lists can be sorted by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, Identity, MetaData, SmallInteger
from sqlmodel import Field, SQLModel

from {{cookiecutter.module_name}}.repositories.base import BaseRepository
from {{cookiecutter.module_name}}.schemas.filters import (
    EQUALS,
    above,
    at_least,
    at_most,
    below,
    contains,
    one_of,
    starts_with,
)
from {{cookiecutter.module_name}}.schemas.page import PageRequest
from {{cookiecutter.module_name}}.storage.db import Database
from {{cookiecutter.module_name}}.storage.pagination import (
    Filters,
    Sorting,
    SortKey,
)

NEVER = date(9999, 12, 31)


class _Base(SQLModel):
    # Not the service's, whose tables are compared with its migrations.
    metadata: ClassVar[MetaData] = MetaData()


class Specimen(_Base, table=True):
    """A row; `due` may be NULL."""

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=(Identity(),),
    )
    number: int = 0
    small: int = Field(default=0, sa_type=SmallInteger)
    text: str = ""
    fine: bool = False
    ratio: float = 0.0
    price: Decimal = Decimal(0)
    key: UUID = Field(default_factory=uuid4)
    moment: datetime = Field(
        default=datetime(2020, 1, 1, tzinfo=UTC),
        sa_type=DateTime(timezone=True),
    )
    wall: datetime = Field(
        default=datetime(2020, 1, 1),  # noqa: DTZ001 - without a zone
        sa_type=DateTime,
    )
    due: date | None = None


class Remark(_Base, table=True):
    """Goes with its specimen."""

    id: int | None = Field(default=None, primary_key=True)
    specimen_id: int = Field(
        foreign_key="specimen.id", ondelete="CASCADE", sa_type=BigInteger
    )


class SpecimenFilters(PageRequest):
    """One of each kind."""

    number: Annotated[int | None, EQUALS] = None
    number_from: Annotated[int | None, at_least("number")] = None
    number_above: Annotated[int | None, above("number")] = None
    number_to: Annotated[int | None, at_most("number")] = None
    number_below: Annotated[int | None, below("number")] = None
    numbers: Annotated[list[int] | None, one_of("number")] = None
    start: Annotated[str | None, starts_with("text")] = None
    part: Annotated[str | None, contains("text")] = None


class SpecimenRepository(BaseRepository[Specimen]):
    """Specimens by anything."""

    model = Specimen
    filters = Filters(Specimen, SpecimenFilters)
    sorting = Sorting(
        Specimen,
        "id",
        "number",
        "small",
        "text",
        "fine",
        "ratio",
        "price",
        "key",
        "moment",
        "wall",
        SortKey("due", nulls=NEVER),
    )


@asynccontextmanager
async def specimens(database: Database) -> AsyncIterator[Database]:
    """The table is there until the block ends."""
    metadata = Specimen.metadata
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
    yield database
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)


async def store(database: Database, *rows: Specimen) -> list[int]:
    """Their ids."""
    async with database.transaction() as session:
        session.add_all(rows)
        await session.flush()
        return [number(row) for row in rows]


def number(row: Any) -> int:
    """Its id."""
    found: int = row.id
    return found
