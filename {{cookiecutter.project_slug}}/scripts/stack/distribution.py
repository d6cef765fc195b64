"""Keycloak unpacked and built once a user, shared by all projects."""

import hashlib
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

from scripts.stack import artifact, constants, folders, lock
from scripts.stack.artifact import Say
from scripts.stack.process import Command, run
from scripts.stack.wheels import clean_environment


def cache_folder() -> Path:
    """STACK_CACHE_DIR, else below the user's cache folder."""
    own = os.environ.get("STACK_CACHE_DIR")
    if own:
        return Path(own).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "keycloak-stack"


def installed(java: Path, say: Say) -> Path:
    """The folder of a built Keycloak; makes it where it is missing.

    It appears under its name when it is complete, so that nothing half-done
    is ever used; a second process waits for the first.
    """
    cache = cache_folder()
    home = cache / _label()
    if home.exists():
        return home
    folders.make(cache)
    with lock.held(
        cache / "lock",
        lambda: say("Keycloak: waiting for another project to install it"),
    ):
        if not home.exists():
            _install(home, java, say)
    return home


def server_environment(java: Path) -> dict[str, str]:
    """Without the caller's variables that would steer Keycloak."""
    inherited = clean_environment(
        dict(os.environ), "KC_", "KEYCLOAK_", "JAVA", "DEBUG", "QUARKUS_"
    )
    return {
        **inherited,
        "JAVA_HOME": str(java.parent.parent),
        # Short runs gain nothing from the second compiler.
        "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1",
    }


def _label() -> str:
    options = " ".join(constants.KEYCLOAK_BUILD_OPTIONS).encode()
    digest = hashlib.sha256(options).hexdigest()[:8]
    return f"{constants.KEYCLOAK_VERSION}-{digest}"


def _install(home: Path, java: Path, say: Say) -> None:
    with tempfile.TemporaryDirectory(
        prefix=".new-", dir=home.parent, ignore_cleanup_errors=True
    ) as name:
        work = Path(name)
        archive = artifact.fetch(work, say)
        say("Keycloak: unpacking")
        unpacked = _unpack(archive, work / "unpacked")
        say("Keycloak: building, once (about 30 s)")
        _build(unpacked, java, home.parent / "build.log")
        unpacked.rename(home)


def _unpack(archive: Path, target: Path) -> Path:
    with tarfile.open(archive) as file:
        file.extractall(target, filter="data")
    return next(target.iterdir())


def _build(unpacked: Path, java: Path, log: Path) -> None:
    log.write_bytes(b"")
    run(
        Command(
            name="kc.sh build",
            argv=(
                str(unpacked / "bin" / "kc.sh"),
                "build",
                *constants.KEYCLOAK_BUILD_OPTIONS,
            ),
            environment=server_environment(java),
            log=log,
        )
    )
    shutil.rmtree(unpacked / "data", ignore_errors=True)
