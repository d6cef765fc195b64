"""A PostgreSQL for some tests, which may kill, freeze and restart it."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from scripts.stack.ports import free_port
from scripts.stack.postgres import Postgres

START_SECONDS = 30
LOGIN = ("postgres", "own-password")
LOGGING: Final = {"log_statement": "all", "log_line_prefix": "%a|%p|"}
_STATEMENT = re.compile(
    r"^(?P<application>[^|\n]*)\|\d+\|LOG:  "
    r"(?:statement|execute [^:]*): (?P<statement>.*)$",
    re.MULTILINE,
)


class OwnPostgres:
    """A server that logs each statement it runs, unless told otherwise."""

    def __init__(
        self, folder: Path, options: Mapping[str, str] = LOGGING
    ) -> None:
        self._server = Postgres(
            folder / "postgres", free_port(), *LOGIN, options
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

    @property
    def log(self) -> str:
        """What it has written since it was started."""
        return self._server.log.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Returns when it answers; its log begins anew, its data stay."""
        self._server.launch()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.ready():
            self._server.check()
            if time.monotonic() > deadline:
                raise self._server.too_slow(START_SECONDS)
            time.sleep(0.05)
        self._server.create_database("own")

    def kill(self) -> None:
        """kill -9 of all its processes; returns when they are gone."""
        # So that none is started meanwhile.
        self.freeze()
        self._signal(signal.SIGKILL)
        self._server.stop()

    def freeze(self) -> None:
        """It keeps its connections, and takes new ones, without a word."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ends open sessions first; also when it is frozen."""
        self.thaw()
        self._server.stop()

    def statements(self, application: str) -> list[str]:
        """All that a client of this name has run, in order."""
        return [
            found["statement"]
            for found in _STATEMENT.finditer(self.log)
            if found["application"] == application
        ]

    def _signal(self, number: signal.Signals) -> None:
        first = self._first_pid()
        if first is None:
            return
        others = _children(first)
        _kill(first, number)
        # The first one may have made another until then.
        for pid in {*others, *_children(first)}:
            _kill(pid, number)

    def _first_pid(self) -> int | None:
        """Of the process that makes the others, while it runs."""
        process = self._server.process
        if process is None or process.returncode is not None:
            return None
        try:
            lines = (self._server.folder / "postmaster.pid").read_text()
        except FileNotFoundError:
            return None
        return int(lines.splitlines()[0])


def _kill(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _children(pid: int) -> list[int]:
    found = subprocess.run(
        ["pgrep", "-P", str(pid)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return [int(line) for line in found.stdout.split()]


@contextmanager
def own_postgres(
    folder: Path, options: Mapping[str, str] = LOGGING
) -> Iterator[OwnPostgres]:
    """Running until the block ends."""
    server = OwnPostgres(folder, options)
    try:
        server.start()
        yield server
    finally:
        server.stop()
