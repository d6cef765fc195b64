"""One start right after the installation, so that later ones are quicker.

It leaves an archive of parsed Java classes and a database in which the master
realm is made: together they halve a first start, and the archive takes a
third off all others. A Java that cannot use the archive ignores it.
"""

import shutil
import time
from dataclasses import replace
from pathlib import Path

from scripts.stack import constants, keycloak_home, ports, probe
from scripts.stack.keycloak_home import Ports
from scripts.stack.problem import StackError
from scripts.stack.process import Command, GuardedProcess, run

_DATABASE = Path("data", "h2", "keycloakdb.mv.db")
# Writing the archive is part of the end.
_GRACE_SECONDS = 180.0


def rehearse(installation: Path, java: Path, home: Path, log: Path) -> None:
    """Starts Keycloak in the throw-away `home` and keeps what helps.

    Java remembers where the archives lay: the installation must be in place.
    """
    base, top = _archives(installation)
    shutil.rmtree(base.parent, ignore_errors=True)
    base.parent.mkdir()
    keycloak_home.furnish(home, installation)
    run(_dump_base(java, base, log))
    found = Ports(ports.free_port(), ports.free_port())
    options = (
        f"-XX:SharedArchiveFile='{base}'",
        f"-XX:ArchiveClassesAtExit='{top}'",
        "-Xlog:disable",
    )
    command = keycloak_home.start(
        home, java, found, constants.ADMIN_LOGIN, options, log
    )
    with GuardedProcess(replace(command, grace=_GRACE_SECONDS)) as process:
        _wait(process, found)
    _copy_whole(home / _DATABASE, _prepared(installation))


def is_done(installation: Path) -> bool:
    """The database comes last and whole."""
    return _prepared(installation).exists()


def java_options(installation: Path) -> tuple[str, ...]:
    """What makes Java use the archive."""
    base, top = _archives(installation)
    return (f"-XX:SharedArchiveFile='{base}:{top}'", "-Xlog:disable")


def seed(installation: Path, home: Path, admin: tuple[str, str]) -> None:
    """Gives a home without data the prepared database."""
    database = home / _DATABASE
    if admin == constants.ADMIN_LOGIN and not database.exists():
        database.parent.mkdir(parents=True, exist_ok=True)
        _copy_whole(_prepared(installation), database)


def _copy_whole(source: Path, target: Path) -> None:
    fresh = target.with_suffix(".new")
    shutil.copyfile(source, fresh)
    fresh.rename(target)


def _archives(installation: Path) -> tuple[Path, Path]:
    kept = installation / "rehearsed"
    return kept / "base.jsa", kept / "start.jsa"


def _prepared(installation: Path) -> Path:
    return installation / "rehearsed" / _DATABASE.name


def _dump_base(java: Path, archive: Path, log: Path) -> Command:
    return Command(
        name="java -Xshare:dump",
        argv=(
            str(java),
            "-XX:+UseG1GC",
            "-Xshare:dump",
            f"-XX:SharedArchiveFile={archive}",
        ),
        environment=keycloak_home.environment(java),
        log=log,
    )


def _wait(process: GuardedProcess, found: Ports) -> None:
    deadline = time.monotonic() + constants.START_TIMEOUT_SECONDS
    while not probe.is_well(found.management, keycloak_home.HEALTH):
        if process.returncode is not None:
            raise process.problem()
        if time.monotonic() > deadline:
            raise StackError(
                "Keycloak does not answer in its first start",
                f"see {process.command.log}",
            )
        time.sleep(10 * constants.POLL_SECONDS)
