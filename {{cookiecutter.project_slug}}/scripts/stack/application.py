"""The service itself, on top of the stack."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import override

from scripts.stack import constants, journal, probe
from scripts.stack.problem import StackError
from scripts.stack.process import Command, run
from scripts.stack.service import Service


class Application(Service):
    """`python -m <package>`; writes to the terminal, not to a file."""

    name = "Application"

    def __init__(
        self, root: Path, settings: Mapping[str, str], inherit: int
    ) -> None:
        folder = root / ".stack" / "application"
        port = int(settings["APP_PORT"])
        super().__init__(folder, port, (inherit,))
        self.root = root
        self.settings = settings
        self.environment = {**os.environ, **settings}

    @property
    def url(self) -> str:
        """What to open."""
        return f"http://localhost:{self.port}"

    @override
    def command(self) -> Command:
        return Command(
            name="the application",
            argv=(sys.executable, "-m", constants.MODULE),
            environment=self.environment,
            folder=self.root,
            grace=constants.APPLICATION_GRACE_SECONDS,
            inherit=self.inherit,
        )

    @override
    def launch(self) -> None:
        self.run(self.command())

    @override
    def ready(self) -> bool:
        return probe.is_well(self.port, "/health/ready")

    @override
    def too_slow(self, seconds: float) -> StackError:
        return StackError(
            f"the application is not ready after {seconds:.0f} s",
            f"see what it wrote above, and {self.url}/health",
        )

    def migrate(self) -> None:
        """Brings the database to the newest revision."""
        log = self.log.with_name("migrations.log")
        log.write_bytes(b"")
        command = Command(
            name="the migration",
            argv=(sys.executable, "-m", "scripts.migrate", "upgrade"),
            environment=self.environment,
            log=log,
            folder=self.root,
            inherit=self.inherit,
        )
        try:
            run(command)
        except StackError as error:
            raise StackError(
                f"the migration failed: {journal.cause(log)}",
                f"correct it and start again; all it said is in {log}",
            ) from error
