"""Many rows by one statement."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import ARRAY, MetaData, String, event, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel, col

from {{cookiecutter.module_name}}.exceptions import ConflictError
from {{cookiecutter.module_name}}.repositories.bulk import BulkRepository
from {{cookiecutter.module_name}}.storage.db import Database
from {{cookiecutter.module_name}}.storage.pagination.counts import written_by

from tests.parts import Part, PartRepository, parts_in


class Tagged(SQLModel, table=True):
    """Has a column that holds arrays, and one of JSON."""

    metadata = MetaData()

    id: int | None = Field(default=None, primary_key=True)
    data: dict[str, Any] = Field(default={}, sa_type=JSONB)
    tags: list[str] = Field(default=[], sa_type=ARRAY(String))


class TaggedRepository(BulkRepository[Tagged]):
    model = Tagged


@pytest.fixture
async def parts(database: Database) -> AsyncIterator[PartRepository]:
    """None yet, and none afterwards."""
    async with parts_in(database) as found:
        yield found


@pytest.fixture
def sent(database: Database) -> list[str]:
    """All statements from now on."""
    found: list[str] = []

    def keep(*arguments: Any) -> None:
        found.append(arguments[2])

    event.listen(database.engine.sync_engine, "before_cursor_execute", keep)
    return found


def numbered(count: int) -> list[Part]:
    return [Part(name=f"part {n}", weight=n / 2) for n in range(count)]


async def test_create_is_one_statement(
    parts: PartRepository, sent: list[str]
) -> None:
    # PostgreSQL takes at most 32767 parameters in a statement.
    assert await parts.create_many(numbered(40_000)) == 40_000
    assert len(sent) == 1
    assert await parts.create_many([Part(name="one more")]) == 1
    assert len(sent) == 2
    assert await parts.count() == 40_001


async def test_created_rows_have_their_values_and_defaults(
    parts: PartRepository,
) -> None:
    rows = [
        Part(name="it's", weight=0.5),
        Part(name="plain"),
        Part(name="many", amount=7),
    ]
    assert await parts.create_many(rows) == 3
    assert [row.id for row in rows] == [None] * 3
    found = sorted(await parts.list(limit=9), key=lambda part: part.name)
    assert [(p.name, p.weight, p.amount) for p in found] == [
        ("it's", 0.5, 1),
        ("many", None, 7),
        ("plain", None, 1),
    ]
    assert len({part.id for part in found}) == 3
    assert all(part.made_at for part in found)


async def test_given_keys_and_times(parts: PartRepository) -> None:
    then = datetime(2020, 2, 29, 12, tzinfo=UTC)
    rows = [Part(id=n, name=str(n), made_at=then) for n in (7, 8)]
    assert await parts.create_many(rows) == 2
    found = await parts.get(8)
    assert found is not None
    assert found.made_at == then


async def test_json_but_no_arrays(parts: PartRepository) -> None:
    connection = await parts.session.connection()
    await connection.run_sync(Tagged.metadata.create_all)
    tagged = TaggedRepository(parts.session)
    rows = [Tagged(data={"a": [1, None, "it's"]}), Tagged(data={})]
    with pytest.raises(TypeError, match="arrays"):
        await tagged.create_many([*rows, Tagged(tags=["a"])])
    assert await tagged.create_many(rows) == 2
    assert sorted(len(row.data) for row in await tagged.list(limit=9)) == [
        0,
        1,
    ]


async def test_none_is_no_statement(
    parts: PartRepository, sent: list[str]
) -> None:
    assert await parts.create_many([]) == 0
    assert sent == []


async def test_one_conflict_refuses_all(parts: PartRepository) -> None:
    rows = [*numbered(3), Part(name="part 1")]
    with pytest.raises(ConflictError, match="with this name"):
        async with parts.session.begin_nested():
            await parts.create_many(rows)
    assert await parts.count() == 0


async def test_update(parts: PartRepository, sent: list[str]) -> None:
    await parts.create_many(numbered(10))
    sent.clear()
    changed = await parts.update_many(
        {"amount": col(Part.amount) + 1, "weight": None},
        col(Part.weight) < 1,
        col(Part.name) != "part 0",
    )
    assert changed == 1
    assert len(sent) == 1
    [part] = await parts.list(col(Part.amount) == 2, limit=9)
    assert (part.name, part.weight) == ("part 1", None)


async def test_an_update_may_conflict(parts: PartRepository) -> None:
    await parts.create_many(numbered(2))
    with pytest.raises(ConflictError):
        async with parts.session.begin_nested():
            await parts.update_many({"name": "same"}, true())
    assert await parts.exists(col(Part.name) == "part 1")


async def test_delete(parts: PartRepository, sent: list[str]) -> None:
    await parts.create_many(numbered(10))
    sent.clear()
    assert await parts.delete_many(col(Part.weight) >= 1) == 8
    assert await parts.delete_many(col(Part.weight) >= 1) == 0
    assert len(sent) == 2
    assert await parts.count() == 2


async def test_the_whole_table_only_when_said(parts: PartRepository) -> None:
    await parts.create_many(numbered(3))
    with pytest.raises(ValueError, match="condition"):
        await parts.delete_many()
    with pytest.raises(ValueError, match="condition"):
        await parts.update_many({"amount": 5})
    assert await parts.update_many({"amount": 5}, true()) == 3
    assert await parts.delete_many(true()) == 3


@pytest.mark.parametrize("change", ["create", "update", "delete"])
async def test_totals_learn_of_it(parts: PartRepository, change: str) -> None:
    assert "part" not in written_by(parts.session)
    match change:
        case "create":
            await parts.create_many(numbered(1))
        case "update":
            await parts.update_many({"amount": 2}, true())
        case "delete":
            await parts.delete_many(true())
    assert "part" in written_by(parts.session)
