"""Histories of migrations: the core's, and one for each extension."""

from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FOLDER = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class History:
    """A line of revisions with a version table of its own.

    `extension` is the name of the piece whose tables it makes, those with
    `info={"extension": name}`; the core's have none.
    """

    name: str
    versions: Path
    version_table: str
    extension: str | None = None

    @classmethod
    def of_extension(cls, name: str, versions: Path) -> "History":
        """The history of an optional piece."""
        return cls(name, versions, f"alembic_version_{name}", name)

    def config(self) -> Config:
        """Alembic's configuration; there is no alembic.ini."""
        config = Config()
        options = {
            "script_location": FOLDER,
            "path_separator": "newline",
            "version_locations": self.versions,
            "file_template": (
                "%(year)d%(month).2d%(day).2d_%(hour).2d%(minute).2d_%(slug)s"
            ),
            "timezone": "UTC",
        }
        for name, value in options.items():
            config.set_main_option(name, str(value).replace("%", "%%"))
        for name, value in _FORMATTING.items():
            config.set_section_option("post_write_hooks", name, value)
        config.attributes["history"] = self
        return config


@dataclass(frozen=True, slots=True)
class Position:
    """Revisions of a history, in the database and in the code."""

    database: str | None
    code: str | None
    ahead: bool


CORE = History("the service", FOLDER / "versions", "alembic_version")

_FORMATTING = {
    "hooks": "lint, format",
    "lint.type": "module",
    "lint.module": "ruff",
    "lint.options": "check --fix --quiet REVISION_SCRIPT_FILENAME",
    "format.type": "module",
    "format.module": "ruff",
    "format.options": "format --quiet REVISION_SCRIPT_FILENAME",
}


def position(connection: Connection, history: History) -> Position:
    """`ahead` when the database is at a revision unknown to the code."""
    script = ScriptDirectory.from_config(history.config())
    context = MigrationContext.configure(
        connection, opts={"version_table": history.version_table}
    )
    database = context.get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    return Position(
        database=database,
        code=script.get_current_head(),
        ahead=database is not None and database not in known,
    )
