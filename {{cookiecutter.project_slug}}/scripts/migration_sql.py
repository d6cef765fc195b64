"""Revisions as SQL, made without a database."""

import io
import re

from alembic import command
from alembic.script import Script, ScriptDirectory

from {{cookiecutter.module_name}}.models.base import BaseModel
from {{cookiecutter.module_name}}.storage.histories import History


def revisions(history: History) -> list[Script]:
    """The oldest first. Raises CommandError when they are no line."""
    folder = ScriptDirectory.from_config(history.config())
    folder.get_current_head()
    return list(folder.walk_revisions())[::-1]


def as_sql(history: History, start: str, end: str = "head") -> str:
    """What an upgrade runs from one revision, which is done, to another."""
    config = history.config()
    config.attributes["metadata"] = BaseModel.metadata
    config.output_buffer = output = io.StringIO()
    command.upgrade(config, f"{start}:{end}", sql=True)
    return output.getvalue()


def sql_of(history: History, revision: Script) -> str:
    """One revision's own statements, without Alembic's bookkeeping."""
    start = revision.down_revision or "base"
    table = re.escape(history.version_table)
    bookkeeping = (
        rf"(?:CREATE TABLE {table} |INSERT INTO {table} |UPDATE {table} )"
        r".*?;\n"
    )
    text = as_sql(history, str(start), revision.revision)
    return re.sub(bookkeeping, "", text, flags=re.DOTALL)
