"""The histories of migrations, up, down and against the models."""

import asyncio
import uuid
from collections.abc import Iterator, Mapping

import pytest
from alembic.util import CommandError
from sqlalchemy import Column, Integer, Table

from {{cookiecutter.module_name}}.models.base import BaseModel
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.engine import build_migration_engine
from {{cookiecutter.module_name}}.storage.histories import (
    CORE,
    History,
    Position,
    position,
)

from scripts.migrate import check, rollback, run, upgrade
from tests.scratch_database import migrate

pytestmark = pytest.mark.slow


async def position_of(history: History, settings: Settings) -> Position:
    engine = build_migration_engine(settings)
    async with engine.connect() as connection:
        found = await connection.run_sync(position, history)
    await engine.dispose()
    return found


async def test_the_models_match_the_migrations(settings: Settings) -> None:
    await run(settings, [CORE], upgrade)
    await run(settings, [CORE], check)


async def test_a_second_upgrade_does_nothing(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await run(settings, [CORE], upgrade)
    capsys.readouterr()
    await run(settings, [CORE], upgrade)
    assert "nothing to do" in capsys.readouterr().out


async def test_nothing_to_roll_back(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await run(settings, [CORE], rollback())
    assert "nothing to take back" in capsys.readouterr().out


async def test_an_address_for_migrations_alone(
    empty_env: Mapping[str, str], settings: Settings
) -> None:
    env = empty_env
    direct = (
        f"postgresql://{env['DB_USER']}:{env['DB_PASSWORD']}"
        f"@{env['DB_HOST']}:{env['DB_PORT']}/{env['DB_NAME']}"
    )
    pooler = {"DB_NAME": "elsewhere", "MIGRATION_DATABASE_URL": direct}
    await run(Settings.model_validate({**env, **pooler}), [CORE], upgrade)
    found = await position_of(CORE, settings)
    assert found.database == found.code


async def test_the_commands(
    empty_env: dict[str, str], settings: Settings
) -> None:
    done = await asyncio.to_thread(migrate, empty_env)
    assert done.startswith("the service: ")
    head = (await position_of(CORE, settings)).code
    now = await asyncio.to_thread(migrate, empty_env, "current")
    assert now.splitlines()[0] == (
        f"the service: database at {head}, code at {head}"
    )


async def test_a_missing_database_is_one_line(
    empty_env: dict[str, str],
) -> None:
    env = {**empty_env, "DB_NAME": f"no_{uuid.uuid4().hex}"}
    with pytest.raises(RuntimeError, match=r"error: .*has no database") as e:
        await asyncio.to_thread(migrate, env)
    assert "Traceback" not in str(e.value)


@pytest.fixture
def small_table() -> Iterator[Table]:
    """The model of `small_history`, as an extension would declare it."""
    table = Table(
        "small",
        BaseModel.metadata,
        Column("id", Integer, primary_key=True),
        info={"extension": "small"},
    )
    yield table
    BaseModel.metadata.remove(table)


@pytest.mark.usefixtures("small_table")
async def test_an_extension_has_a_history_of_its_own(
    settings: Settings, small_history: History
) -> None:
    both = [CORE, small_history]
    await run(settings, both, upgrade)
    # Neither misses the other's tables nor wants them gone.
    await run(settings, both, check)
    core = await position_of(CORE, settings)
    small = await position_of(small_history, settings)
    assert small.database == "first"
    assert core.database == core.code


async def test_a_model_without_a_migration_is_noticed(
    settings: Settings,
) -> None:
    await run(settings, [CORE], upgrade)
    table = Table("forgotten", BaseModel.metadata, Column("id", Integer))
    try:
        with pytest.raises(CommandError, match="forgotten"):
            await run(settings, [CORE], check)
    finally:
        BaseModel.metadata.remove(table)
