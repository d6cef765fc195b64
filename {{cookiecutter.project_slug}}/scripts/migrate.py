"""`python -m scripts.migrate upgrade`: the schema of the database."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.extension import discover
from {{cookiecutter.module_name}}.models.base import BaseModel
from {{cookiecutter.module_name}}.settings import Settings, load_settings
from {{cookiecutter.module_name}}.storage.db import wait_for
from {{cookiecutter.module_name}}.storage.engine import build_migration_engine
from {{cookiecutter.module_name}}.storage.histories import CORE, History, position

from scripts.migration_sql import as_sql

PACKAGE = "{{cookiecutter.module_name}}"
# Any number, as long as all who migrate take the same; each database has
# locks of its own.
LOCK = 7_240_913
LOCK_POLL_SECONDS = 0.1
# A statement that waits for a table stops all that come after it, so it had
# better give up. `SET LOCAL lock_timeout` in a revision says otherwise.
LOCK_TIMEOUT = "10s"

type Action = Callable[[Config, Connection, History], None]


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 when done, 1 with one line that says why not."""
    wanted = _parser().parse_args(arguments)
    try:
        histories = _chosen(wanted)
        if wanted.command == "sql":
            print("\n".join(as_sql(h, wanted.start) for h in histories))
        else:
            asyncio.run(run(load_settings(), histories, _action(wanted)))
    except (StartupError, CommandError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except DBAPIError as error:
        print(f"error: PostgreSQL says {error.orig}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.migrate")
    parser.add_argument(
        "--only", metavar="NAME", help="`core` or the name of an extension"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("upgrade", help="apply what is missing, everywhere")
    back = commands.add_parser("rollback", help="take the newest back")
    back.add_argument("steps", nargs="?", type=int, default=1)
    commands.add_parser("history", help="all revisions, newest first")
    commands.add_parser("current", help="where the database is")
    commands.add_parser("check", help="do the models match the database?")
    stamp = commands.add_parser("stamp", help="note a revision, run nothing")
    stamp.add_argument("revision")
    new = commands.add_parser("revision", help="write one from the models")
    new.add_argument("-m", "--message", required=True)
    sql = commands.add_parser("sql", help="what an upgrade runs, as SQL")
    sql.add_argument("start", nargs="?", default="base", metavar="REVISION")
    return parser


def all_histories() -> dict[str, History]:
    """The core's first, then those of the extensions."""
    return {"core": CORE} | {
        extension.name: History.of_extension(
            extension.name, extension.migrations
        )
        for extension in discover(f"{PACKAGE}.extensions")
        if extension.migrations is not None
    }


def _chosen(wanted: argparse.Namespace) -> list[History]:
    """What changes one history takes the core's alone."""
    found = all_histories()
    if wanted.only:
        if wanted.only not in found:
            raise StartupError(
                f"There is no history {wanted.only}.",
                f"name one of: {', '.join(found)}",
            )
        return [found[wanted.only]]
    if wanted.command in ("rollback", "stamp", "revision") or (
        wanted.command == "sql" and wanted.start != "base"
    ):
        return [CORE]
    return list(found.values())


def _action(wanted: argparse.Namespace) -> Action:
    match wanted.command:
        case "upgrade":
            return upgrade
        case "rollback":
            return rollback(wanted.steps)
        case "history":
            return lambda config, *_: command.history(config)
        case "check":
            return check
        case "stamp":
            return lambda config, *_: command.stamp(config, wanted.revision)
        case "revision":
            if not wanted.message.strip():
                raise CommandError(
                    'no message; say make migration msg="what changes"'
                )
            return lambda config, *_: _revision(config, wanted.message)
        case _:
            return current


def upgrade(config: Config, connection: Connection, history: History) -> None:
    """Applies what is missing."""
    before = position(connection, history).database
    connection.commit()
    command.upgrade(config, "head")
    after = position(connection, history).database
    print(
        f"{history.name}: {before} -> {after}"
        if before != after
        else f"{history.name}: nothing to do, at {after}"
    )


def check(config: Config, _: Connection, __: History) -> None:
    """Raises CommandError when models and database differ."""
    command.check(config)


def rollback(steps: int = 1) -> Action:
    """Takes the newest revisions back."""

    def act(config: Config, connection: Connection, history: History) -> None:
        before = position(connection, history).database
        connection.commit()
        if before is None:
            print(f"{history.name}: nothing to take back")
            return
        command.downgrade(config, f"-{steps}")
        after = position(connection, history).database
        print(f"{history.name}: {before} -> {after}")

    return act


def current(_: Config, connection: Connection, history: History) -> None:
    """Prints where the database is."""
    at = position(connection, history)
    print(f"{history.name}: database at {at.database}, code at {at.code}")


def _revision(config: Config, message: str) -> None:
    command.revision(config, message=message, autogenerate=True)


async def run(
    settings: Settings,
    histories: Sequence[History],
    action: Action,
    lock_timeout: str = LOCK_TIMEOUT,
) -> None:
    """The action on each history in turn; one at a time in a database."""
    engine = build_migration_engine(settings)
    try:
        await wait_for(engine, settings)
        async with engine.connect() as connection:
            await _be_the_only_one(connection)
            await connection.execute(
                text(f"SET lock_timeout = '{lock_timeout}'")
            )
            await connection.commit()
            for history in histories:
                await connection.run_sync(_apply, history, action)
                await connection.commit()
    finally:
        await engine.dispose()


async def _be_the_only_one(connection: AsyncConnection) -> None:
    """Several may start at once; the lock ends with the connection.

    It is asked for again and again: one that waits inside of PostgreSQL
    would have `CREATE INDEX CONCURRENTLY` wait for it, and so for itself.
    """
    locked = text("SELECT pg_try_advisory_lock(:key)")
    while not await connection.scalar(locked, {"key": LOCK}):
        await connection.commit()
        await asyncio.sleep(LOCK_POLL_SECONDS)


def _apply(connection: Connection, history: History, action: Action) -> None:
    config = history.config()
    config.attributes["connection"] = connection
    config.attributes["metadata"] = BaseModel.metadata
    action(config, connection, history)


if __name__ == "__main__":
    sys.exit(main())
