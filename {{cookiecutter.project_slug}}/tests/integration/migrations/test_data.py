"""Rows outlive what changes around them."""

from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.histories import History

from scripts.migrate import rollback, run, upgrade
from tests.revision_files import write_revision

pytestmark = pytest.mark.slow

TABLE = (
    'op.create_table("pet", sa.Column("id", sa.Integer(), primary_key=True),'
    ' sa.Column("name", sa.Text(), nullable=False))'
)
UPPER = (
    'op.add_column("pet", sa.Column("shout", sa.Text()))\n'
    '    op.execute("UPDATE pet SET shout = upper(name)")'
)
PETS = "SELECT * FROM pet ORDER BY id"


async def test_rows_survive_a_later_revision_up_down_and_up(
    settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    history = History.of_extension("pets", tmp_path)
    write_revision(tmp_path, "first", TABLE, 'op.drop_table("pet")')
    await run(settings, [history], upgrade)
    await connection.execute("INSERT INTO pet VALUES (1, 'rex'), (2, 'tom')")
    before = await connection.fetch(PETS)

    down = 'op.drop_column("pet", "shout")'
    write_revision(tmp_path, "second", UPPER, down, after="first")
    await run(settings, [history], upgrade)
    after = await connection.fetch(PETS)
    await run(settings, [history], rollback())
    assert await connection.fetch(PETS) == before
    await run(settings, [history], upgrade)
    assert await connection.fetch(PETS) == after
    assert [row["shout"] for row in after] == ["REX", "TOM"]


async def test_a_revision_that_fails_leaves_nothing(
    settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    history = History.of_extension("pets", tmp_path)
    write_revision(tmp_path, "first", TABLE, 'op.drop_table("pet")')
    bad = f'{UPPER}\n    op.execute("SELECT nothing")'
    write_revision(tmp_path, "second", bad, after="first")
    with pytest.raises(DBAPIError, match='"nothing" does not exist'):
        await run(settings, [history], upgrade)
    found = await connection.fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = 'pet'",
    )
    assert {str(row["column_name"]) for row in found} == {"id", "name"}
