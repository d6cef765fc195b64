"""A PostgreSQL for one test module, which may read its log and restart it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.stack.ports import free_port
from scripts.stack.postgres import Postgres

START_SECONDS = 30
LOGIN = ("postgres", "own-password")
# With log_statement=all and log_line_prefix='%a|%p|'.
_STATEMENT = re.compile(
    r"^(?P<application>[^|\n]*)\|\d+\|LOG:  "
    r"(?:statement|execute [^:]*): (?P<statement>.*)$",
    re.MULTILINE,
)


class OwnPostgres:
    """A server that logs each statement it runs."""

    def __init__(self, folder: Path) -> None:
        self._server = Postgres(
            folder / "postgres",
            free_port(),
            *LOGIN,
            {"log_statement": "all", "log_line_prefix": "%a|%p|"},
        )

    @property
    def environment(self) -> dict[str, str]:
        """How the service's settings name it."""
        return {
            "DB_HOST": "127.0.0.1",
            "DB_PORT": str(self._server.port),
            "DB_USER": self._server.user,
            "DB_PASSWORD": self._server.password,
            "DB_NAME": "own",
        }

    def start(self) -> None:
        """Returns when it answers; its log begins anew."""
        self._server.launch()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.ready():
            self._server.check()
            if time.monotonic() > deadline:
                raise self._server.too_slow(START_SECONDS)
            time.sleep(0.05)
        self._server.create_database("own")

    def stop(self) -> None:
        """Ends open sessions first."""
        self._server.stop()

    def statements(self, application: str) -> list[str]:
        """All that a client of this name has run, in order."""
        log = self._server.log.read_text(encoding="utf-8", errors="replace")
        return [
            found["statement"]
            for found in _STATEMENT.finditer(log)
            if found["application"] == application
        ]


@contextmanager
def own_postgres(folder: Path) -> Iterator[OwnPostgres]:
    """Running until the block ends."""
    server = OwnPostgres(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
