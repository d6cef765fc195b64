"""`make migration` writes revisions that work as they are."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Column, Connection, DateTime, Identity, Integer, Table
from sqlmodel import AutoString

from {{cookiecutter.module_name}}.models.base import BaseModel
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.histories import CORE, History

from scripts.migrate import check, main, rollback, run, upgrade
from scripts.migration_cycle import cycle

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
MESSAGE = "notes that people write"


@pytest.fixture
def notes() -> Iterator[Table]:
    """A table with a text as SQLModel declares it."""
    table = Table(
        "note",
        BaseModel.metadata,
        Column("id", Integer, Identity(), primary_key=True),
        Column("text", AutoString(), nullable=False, index=True),
        Column("title", AutoString(length=20), server_default="none"),
        Column("written", DateTime(timezone=True)),
        info={"extension": "notes"},
    )
    yield table
    BaseModel.metadata.remove(table)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History.of_extension("notes", tmp_path)


def write(config: Config, _: Connection, __: History) -> None:
    command.revision(
        config, message="notes that people write", autogenerate=True
    )


@pytest.mark.usefixtures("notes")
async def test_a_text_column(
    settings: Settings, history: History, tmp_path: Path
) -> None:
    await run(settings, [history], write)
    file = only_file(tmp_path)
    text = file.read_text()
    assert text.startswith('"""notes that people write."""\n')
    assert "sqlmodel.sql.sqltypes.AutoString()" in text
    await asyncio.to_thread(lint, file)
    await run(settings, [history], cycle)


@pytest.mark.usefixtures("notes")
async def test_a_column_that_is_added_later(
    settings: Settings, history: History, tmp_path: Path
) -> None:
    await run(settings, [history], write)
    await run(settings, [history], upgrade)
    changed = Column("length", Integer)
    BaseModel.metadata.tables["note"].append_column(changed)
    with pytest.raises(CommandError, match="length"):
        await run(settings, [history], check)
    # Names have minutes in them.
    only_file(tmp_path).rename(tmp_path / "first.py")
    await run(settings, [history], write)
    await run(settings, [history], upgrade)
    await run(settings, [history], check)
    await run(settings, [history], rollback(2))


def only_file(folder: Path) -> Path:
    (found,) = folder.glob("*.py")
    return found


def lint(file: Path) -> None:
    """As `make lint` would, in the folder where revisions lie."""
    rules = [sys.executable, "-m", "ruff", "check", "--no-cache"]
    place = CORE.versions / file.name
    subprocess.run(
        [*rules, f"--stdin-filename={place}", "-"],
        cwd=ROOT,
        input=file.read_bytes(),
        check=True,
    )


def test_a_revision_without_a_message_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["revision", "-m", " "]) == 1
    assert capsys.readouterr().err.startswith("error: no message; say make")
