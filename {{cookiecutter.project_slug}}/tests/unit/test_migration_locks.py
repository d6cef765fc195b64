"""Statements that would stop a running service are named."""

from pathlib import Path

import pytest

from {{cookiecutter.module_name}}.storage.histories import History

from scripts.migrate import all_histories
from scripts.migration_locks import findings
from scripts.migration_sql import as_sql, revisions
from tests.revision_files import write_revision

TABLE = 'op.create_table("small", sa.Column("id", sa.BigInteger()))'
INDEX = 'op.create_index("ix_small_id", "small", ["id"])'


@pytest.fixture
def history(tmp_path: Path) -> History:
    write_revision(tmp_path, "first", TABLE, 'op.drop_table("small")')
    return History.of_extension("small", tmp_path)


@pytest.mark.parametrize("name", all_histories())
def test_the_revisions_of_the_service_lock_nothing(name: str) -> None:
    assert list(findings(all_histories()[name])) == []


def test_a_new_table_may_have_all_it_needs(
    history: History, tmp_path: Path
) -> None:
    up = f"{TABLE.replace('small', 'other')}\n    "
    up += INDEX.replace("small", "other")
    write_revision(tmp_path, "second", up, after="first")
    assert list(findings(history)) == []


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (INDEX, "require-concurrent-index-creation"),
        (
            'op.alter_column("small", "id", type_=sa.Text())',
            "changing-column-type",
        ),
        (
            'op.add_column("small", sa.Column("n", sa.Text, nullable=False))',
            "adding-required-field",
        ),
        ('op.drop_column("small", "id")', "ban-drop-column"),
        ('op.rename_table("small", "tiny")', "renaming-table"),
    ],
)
def test_a_lock_is_named(
    history: History, tmp_path: Path, statement: str, rule: str
) -> None:
    write_revision(tmp_path, "second", statement, after="first")
    (found,) = findings(history)
    assert found.startswith(f"second.py: {rule}: ")
    assert "small" in found


def test_a_revision_may_say_that_it_is_meant_so(
    history: History, tmp_path: Path
) -> None:
    said = "# squawk-ignore: ban-drop-column, renaming-table\n    "
    statement = 'op.drop_column("small", "id")'
    write_revision(tmp_path, "second", said + statement, after="first")
    assert list(findings(history)) == []


def test_an_index_made_beside_the_running_service(
    history: History, tmp_path: Path
) -> None:
    up = INDEX[:-1] + ", postgresql_concurrently=True)"
    block = f"with op.get_context().autocommit_block():\n        {up}"
    write_revision(tmp_path, "second", block, after="first")
    assert list(findings(history)) == []
    assert "COMMIT;\n\nCREATE INDEX CONC" in as_sql(history, "first")


def test_what_asks_the_database_is_left_out(
    history: History, tmp_path: Path
) -> None:
    ask = 'op.get_bind().execute(sa.text("SELECT 1")).scalar()'
    write_revision(tmp_path, "second", ask, after="first")
    assert list(findings(history)) == []


@pytest.mark.parametrize("name", all_histories())
def test_the_histories_are_lines_of_described_revisions(name: str) -> None:
    found = revisions(all_histories()[name])
    first = [revision for revision in found if not revision.down_revision]
    assert len(first) == min(len(found), 1)
    for revision in found:
        assert len(revision.doc or "") > 10
