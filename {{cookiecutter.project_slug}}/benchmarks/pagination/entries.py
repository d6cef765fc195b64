"""A table of many rows, to turn pages in."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Column, DateTime, Index, MetaData, text
from sqlmodel import Field, SQLModel

from {{cookiecutter.module_name}}.storage.db import Database
from {{cookiecutter.module_name}}.storage.pagination import Sorting


class Entry(SQLModel, table=True):
    """`created_at` is in no order of `id`, and has an index with it."""

    metadata: ClassVar[MetaData] = MetaData()
    __table_args__ = (Index("ix_entry_created_at_id", "created_at", "id"),)

    id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    name: str
    created_at: datetime = Field(sa_type=DateTime(timezone=True))


SORTING = Sorting(Entry, "id", "created_at")


async def fill(database: Database, rows: int) -> None:
    """The table with so many rows, as autovacuum would leave it."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Entry.metadata.create_all)
        await connection.execute(
            text(
                "INSERT INTO entry (id, name, created_at)"
                " SELECT number, 'Entry ' || number,"
                " timestamptz '2020-01-01'"
                " + number * 7919 % :rows * interval '1 second'"
                " FROM generate_series(1, CAST(:rows AS bigint)) AS number"
            ),
            {"rows": rows},
        )
    autocommit = database.engine.execution_options(
        isolation_level="AUTOCOMMIT"
    )
    async with autocommit.connect() as connection:
        await connection.execute(text("VACUUM ANALYZE entry"))
