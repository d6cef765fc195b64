"""A table of the tests' own, which the migrations do not know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import DateTime, MetaData, func
from sqlmodel import Field, SQLModel

from {{cookiecutter.module_name}}.repositories.bulk import BulkRepository
from {{cookiecutter.module_name}}.storage.db import Database


class Part(SQLModel, table=True):
    """Its metadata is no other model's."""

    metadata = MetaData()

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    weight: float | None = None
    amount: int = 1
    made_at: datetime | None = Field(
        default=None,
        nullable=False,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now()},
    )


class PartRepository(BulkRepository[Part]):
    model = Part
    conflict = "A part with this name exists."


@asynccontextmanager
async def parts_in(database: Database) -> AsyncIterator[PartRepository]:
    """No parts, in a transaction that is undone."""
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.run_sync(Part.metadata.create_all)
        yield PartRepository(session)
        await session.rollback()
