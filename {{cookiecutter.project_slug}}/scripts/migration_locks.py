"""Revisions that stop a running service: squawk on their SQL.

`# squawk-ignore: rule, another` in a revision says that it is meant so.
"""

import json
import re
import subprocess
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path

from alembic.script import Script

from {{cookiecutter.module_name}}.storage.histories import History

from scripts.migration_sql import revisions, sql_of
from scripts.stack.problem import StackError

CONFIG = Path(__file__).parents[1] / ".squawk.toml"
_IGNORED = re.compile(r"# squawk-ignore: *([\w-]+(?:, *[\w-]+)*)")


def findings(history: History) -> Iterator[str]:
    """One line for each statement that should be written another way."""
    for revision in revisions(history):
        try:
            sql = sql_of(history, revision)
        except AttributeError:
            # It asks the database something, which SQL alone cannot show.
            continue
        yield from _of(revision, sql)


def _of(revision: Script, sql: str) -> Iterator[str]:
    path = Path(revision.path)
    command = [
        str(Path(sysconfig.get_path("scripts"), "squawk")),
        f"--config={CONFIG}",
        f"--exclude={','.join(_excluded(path))}",
        "--reporter=json",
        f"--stdin-filepath={path.stem}.sql",
    ]
    done = subprocess.run(
        command, input=sql, capture_output=True, text=True, check=False
    )
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise StackError(
            f"squawk failed: {done.stderr.strip()[-200:]}", "see .squawk.toml"
        ) from None
    lines = sql.splitlines()
    for item in found:
        yield (
            f"{path.name}: {item['rule_name']}: {item['message']}"
            f" {item['help'] or ''}\n    {lines[item['line']].strip()}"
        )


def _excluded(path: Path) -> Iterator[str]:
    """What the command line excludes replaces what the file does."""
    yield from tomllib.loads(CONFIG.read_text("utf-8"))["excluded_rules"]
    for rules in _IGNORED.findall(path.read_text("utf-8")):
        yield from rules.replace(" ", "").split(",")
