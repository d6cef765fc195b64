"""`make test-migrations`: every revision, on a PostgreSQL of its own."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.util import CommandError
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings import Settings, load_settings

from scripts.migrate import all_histories, run
from scripts.migration_cycle import cycle
from scripts.migration_locks import findings
from scripts.stack import constants, ports
from scripts.stack.postgres import Postgres
from scripts.stack.problem import StackError

_DATABASE = "migrations"
_SECONDS = 60


def main() -> int:
    """0 when all is well, 1 with what is not."""
    try:
        histories = [*all_histories().values()]
        locks = [line for history in histories for line in findings(history)]
        print("\n".join(locks) or "no statement locks a table for long")
        with _empty_database() as settings:
            asyncio.run(run(settings, histories, cycle))
    except (StartupError, StackError, CommandError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except DBAPIError as error:
        print(f"error: PostgreSQL says {error.orig}", file=sys.stderr)
        return 1
    if locks:
        print(
            "error: statements would stop the running service;"
            " see docs/migrations.md for other ways",
            file=sys.stderr,
        )
    return 1 if locks else 0


@contextmanager
def _empty_database() -> Iterator[Settings]:
    """Settings that lead nowhere else, whatever .env says."""
    user, password = constants.DB_LOGIN
    with tempfile.TemporaryDirectory(prefix="migrations-") as folder:
        server = Postgres(
            Path(folder, "postgres"), ports.free_port(), user, password, {}
        )
        try:
            _start(server)
            yield load_settings().model_copy(
                update={
                    "DB_HOST": "127.0.0.1",
                    "DB_PORT": server.port,
                    "DB_USER": user,
                    "DB_PASSWORD": SecretStr(password),
                    "DB_NAME": _DATABASE,
                    "MIGRATION_DATABASE_URL": None,
                }
            )
        finally:
            server.stop()


def _start(server: Postgres) -> None:
    server.launch()
    deadline = time.monotonic() + _SECONDS
    while not server.ready():
        server.check()
        if time.monotonic() > deadline:
            raise server.too_slow(_SECONDS)
        time.sleep(0.05)
    server.create_database(_DATABASE)


if __name__ == "__main__":
    sys.exit(main())
