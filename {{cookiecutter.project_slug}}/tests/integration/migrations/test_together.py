"""Workers that start together migrate once."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.histories import History

from scripts.migrate import run, upgrade
from tests.revision_files import write_revision

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
WORKER = """
import asyncio
import sys
from pathlib import Path

from {{cookiecutter.module_name}}.settings import load_settings
from {{cookiecutter.module_name}}.storage.histories import History

from scripts.migrate import run, upgrade

history = History.of_extension("together", Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(run(load_settings(None), [history], upgrade))
"""
TABLE = 'op.create_table("small", sa.Column("id", sa.Integer()))'
# The others have asked for the lock by then.
PAUSE = 'op.execute("SELECT pg_sleep(1)")'
# Waits until nobody else is in the middle of a statement.
INDEX = """with op.get_context().autocommit_block():
        op.create_index(
            "ix_small_id", "small", ["id"], postgresql_concurrently=True
        )"""


def worker(env: Mapping[str, str], revisions: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(revisions)],
        cwd=ROOT,
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(workers: list[subprocess.Popen[str]]) -> list[str]:
    """Lets all begin at once; what they said."""
    try:
        for process in workers:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        for process in workers:
            assert process.stdin
            process.stdin.write("\n")
            process.stdin.flush()
        return [process.communicate(timeout=60)[0] for process in workers]
    finally:
        for process in workers:
            process.kill()
            process.communicate()


async def test_several_processes_migrate_once(
    empty_env: dict[str, str], tmp_path: Path
) -> None:
    write_revision(tmp_path, "first", f"{TABLE}; {PAUSE}")
    write_revision(tmp_path, "second", INDEX, after="first")
    workers = [worker(empty_env, tmp_path) for _ in range(3)]
    said = sorted(await asyncio.to_thread(finish, workers))
    assert said == [
        "together: None -> second\n",
        "together: nothing to do, at second\n",
        "together: nothing to do, at second\n",
    ]


async def test_a_migration_gives_up_on_a_table_that_is_in_use(
    settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    history = History.of_extension("together", tmp_path)
    write_revision(tmp_path, "first", TABLE)
    await run(settings, [history], upgrade)
    change = 'op.add_column("small", sa.Column("name", sa.Text()))'
    write_revision(tmp_path, "second", change, after="first")
    async with connection.transaction():
        await connection.fetch("SELECT * FROM small")
        with pytest.raises(DBAPIError, match="lock timeout"):
            await run(settings, [history], upgrade, lock_timeout="100ms")
    await run(settings, [history], upgrade)
