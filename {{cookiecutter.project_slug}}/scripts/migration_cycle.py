"""All revisions of a history up, down one by one, and up again."""

import io

from alembic import command
from alembic.config import Config
from alembic.script import Script
from alembic.util import CommandError
from sqlalchemy import Connection

from {{cookiecutter.module_name}}.storage.histories import History

from scripts.migration_sql import revisions
from scripts.schema_snapshot import Snapshot, difference, snapshot

_SHORTEST_DOCSTRING = 10


def cycle(config: Config, connection: Connection, history: History) -> None:
    """Raises CommandError for what is wrong with the first revision.

    An action of `scripts.migrate`, for an empty database.
    """
    found = revisions(history)
    for revision in found:
        _check_docstring(revision)
    seen = [snapshot(connection)]
    for revision in found:
        command.upgrade(config, revision.revision)
        seen.append(snapshot(connection))
    for revision, before in zip(found[::-1], seen[-2::-1], strict=True):
        command.downgrade(config, "-1")
        _compare(
            before, connection, f"after the downgrade of {revision.revision}"
        )
    command.upgrade(config, "head")
    _compare(seen[-1], connection, "after a second upgrade")
    config.stdout = io.StringIO()
    command.check(config)
    print(
        f"{history.name}: {len(found)} revisions up, down and up again;"
        " the models match"
    )


def _compare(expected: Snapshot, connection: Connection, when: str) -> None:
    now = snapshot(connection)
    if now != expected:
        raise CommandError(f"{when}: {difference(expected, now)}")


def _check_docstring(revision: Script) -> None:
    if len(revision.doc or "") < _SHORTEST_DOCSTRING:
        raise CommandError(
            f"{revision.path} does not say what it changes; give it a sentence"
        )
