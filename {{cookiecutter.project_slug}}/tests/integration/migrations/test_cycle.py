"""What `make test-migrations` finds wrong, and what it is content with."""

from pathlib import Path

import pytest
from alembic.util import CommandError

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.histories import CORE, History

from scripts.migrate import run
from scripts.migration_cycle import cycle
from tests.revision_files import write_revision

pytestmark = pytest.mark.slow

TABLE = 'op.create_table("small", sa.Column("id", sa.Integer()))'
ENUM = 'sa.Enum("red", name="colour").create(op.get_bind())'


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History.of_extension("small", tmp_path)


async def test_the_core_goes_up_down_and_up(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await run(settings, [CORE], cycle)
    assert "up, down and up again; the models match" in capsys.readouterr().out


async def test_two_revisions_that_are_right(
    settings: Settings, history: History, tmp_path: Path
) -> None:
    write_revision(tmp_path, "first", TABLE, 'op.drop_table("small")')
    write_revision(
        tmp_path,
        "second",
        'op.add_column("small", sa.Column("name", sa.Text()))',
        'op.drop_column("small", "name")',
        after="first",
    )
    await run(settings, [history], cycle)


@pytest.mark.parametrize(
    ("up", "down", "said"),
    [
        (TABLE, "pass", "small.id is left"),
        (f"{ENUM}; {TABLE}", 'op.drop_table("small")', "colour.red is left"),
        (
            TABLE,
            'op.drop_table("small"); op.drop_table("kept")',
            "kept.id is missing",
        ),
    ],
)
async def test_a_downgrade_that_does_not_lead_back_is_named(
    settings: Settings,
    history: History,
    tmp_path: Path,
    up: str,
    down: str,
    said: str,
) -> None:
    kept = TABLE.replace("small", "kept")
    write_revision(tmp_path, "first", kept, 'op.drop_table("kept")')
    write_revision(tmp_path, "second", up, down, after="first")
    with pytest.raises(CommandError) as error:
        await run(settings, [history], cycle)
    assert str(error.value) == f"after the downgrade of second: {said}"


async def test_a_revision_that_says_nothing_is_named(
    settings: Settings, history: History, tmp_path: Path
) -> None:
    write_revision(
        tmp_path, "first", TABLE, 'op.drop_table("small")', doc="Small."
    )
    with pytest.raises(CommandError, match="does not say what it changes"):
        await run(settings, [history], cycle)


async def test_two_heads_are_named(
    settings: Settings, history: History, tmp_path: Path
) -> None:
    write_revision(tmp_path, "first", TABLE, 'op.drop_table("small")')
    write_revision(tmp_path, "mine", "pass", after="first")
    write_revision(tmp_path, "yours", "pass", after="first")
    with pytest.raises(CommandError, match="multiple heads"):
        await run(settings, [history], cycle)
