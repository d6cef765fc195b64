"""Keycloak unpacked and built once a user, shared by all projects."""

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.stack import (
    artifact,
    constants,
    folders,
    keycloak_home,
    lock,
    rehearsal,
)
from scripts.stack.artifact import Say
from scripts.stack.process import Command, run

_LOG = "build.log"


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
    if rehearsal.is_done(home):
        return home
    folders.make(cache)
    with lock.held(
        cache / "lock",
        lambda: say("Keycloak: waiting for another project to install it"),
    ):
        if not home.exists():
            _install(home, java, say)
        if not rehearsal.is_done(home):
            say("Keycloak: rehearsing its start, once (about 30 s)")
            with _new_folder(cache) as work:
                rehearsal.rehearse(home, java, work / "home", cache / _LOG)
    return home


def _label() -> str:
    # A new word here makes all users install anew.
    words = ("rehearsed in place", *constants.KEYCLOAK_BUILD_OPTIONS)
    options = " ".join(words).encode()
    digest = hashlib.sha256(options).hexdigest()[:8]
    return f"{constants.KEYCLOAK_VERSION}-{digest}"


def _install(home: Path, java: Path, say: Say) -> None:
    with _new_folder(home.parent) as work:
        archive = artifact.fetch(work, say)
        say("Keycloak: unpacking")
        unpacked = _unpack(archive, work / "unpacked")
        say("Keycloak: building, once (about 30 s)")
        _build(unpacked, java, home.parent / _LOG)
        unpacked.rename(home)


@contextmanager
def _new_folder(cache: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(
        prefix=".new-", dir=cache, ignore_cleanup_errors=True
    ) as name:
        yield Path(name)


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
            environment=keycloak_home.environment(java),
            log=log,
        )
    )
    shutil.rmtree(unpacked / "data", ignore_errors=True)
