"""Keycloak's archive: from Maven's local repository, `mvn`, or `jgo`."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from scripts.stack import constants, folders
from scripts.stack.problem import StackError
from scripts.stack.process import Command, GuardedProcess

type Say = Callable[[str], None]
type Progress = AbstractContextManager[Callable[[int], None]]

_GROUP = "org.keycloak"
_NAME = "keycloak-quarkus-dist"
_VERSION = constants.KEYCLOAK_VERSION
_FILE = f"{_NAME}-{_VERSION}.tar.gz"
_INSIDE = Path("org", "keycloak", _NAME, _VERSION)
_OFFLINE_FIX = (
    "check the connection and start again"
    f" (or put {_FILE} into {Path('~/.m2/repository') / _INSIDE})"
)


def fetch(folder: Path, say: Say) -> Path:
    """The verified archive; `folder` takes what has to be downloaded."""
    local = _local_repository() / _INSIDE / _FILE
    if local.exists() and _is_genuine(local):
        return local
    found = _by_maven(folder, say) or _by_jgo(folder, say)
    if not _is_genuine(found):
        raise StackError(
            f"the download of Keycloak {_VERSION} has a wrong checksum",
            "start again; if it stays, ask who runs your Maven mirror",
        )
    return found


def _local_repository() -> Path:
    default = Path.home() / ".m2" / "repository"
    return Path(os.environ.get("M2_REPO", default))


def _is_genuine(archive: Path) -> bool:
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return digest == constants.KEYCLOAK_SHA256


def _by_maven(folder: Path, say: Say) -> Path | None:
    """None without `mvn`, or when it cannot: `jgo` has its own way."""
    maven = shutil.which("mvn")
    if maven is None:
        return None
    say(f"Keycloak {_VERSION}: fetching 176 MB with mvn")
    command = Command(
        name="mvn",
        argv=(
            maven,
            "--batch-mode",
            "dependency:copy",
            f"-Dartifact={_GROUP}:{_NAME}:{_VERSION}:tar.gz",
            f"-DoutputDirectory={folder}",
        ),
        environment=dict(os.environ),
        log=folder / "mvn.log",
        folder=folder,
    )
    with GuardedProcess(command) as process:
        _watch(process, _local_repository() / _INSIDE, say)
    archive = folder / _FILE
    return archive if process.returncode == 0 and archive.exists() else None


def _watch(process: GuardedProcess, arriving: Path, say: Say) -> None:
    """Tells how much has arrived until the process ends."""
    told = time.monotonic()
    while process.returncode is None:
        time.sleep(constants.POLL_SECONDS)
        if time.monotonic() - told >= constants.PROGRESS_SECONDS:
            told = time.monotonic()
            amount = folders.megabytes(folders.size(arriving))
            say(f"Keycloak {_VERSION}: {amount} of 176 MB")


def _by_jgo(folder: Path, say: Say) -> Path:
    try:
        from jgo.maven import MavenContext, PythonResolver
    except ImportError:
        raise StackError(
            "Keycloak is not here, and neither mvn nor jgo is installed",
            "run `make setup`",
        ) from None
    say(f"Keycloak {_VERSION}: fetching")
    # A repository of its own: what a broken download leaves in the shared
    # one would be taken for the whole file ever after.
    context = MavenContext(
        resolver=PythonResolver(progress_callback=_progress(say)),
        repo_cache=folder,
        timeout=constants.DOWNLOAD_TIMEOUT_SECONDS,
    )
    component = context.project(_GROUP, _NAME).at_version(_VERSION)
    try:
        return component.artifact(packaging="tar.gz").resolve()
    except (OSError, RuntimeError) as error:  # requests raises OSError
        raise StackError(
            f"cannot fetch Keycloak {_VERSION} ({_reason(error)})",
            _OFFLINE_FIX,
        ) from error


def _reason(error: Exception) -> str:
    """Short: what requests says repeats the whole address."""
    if isinstance(error, OSError):
        return type(error).__name__
    return str(error).splitlines()[0][:160]


def _progress(say: Say) -> Callable[[str, int], Progress]:
    @contextmanager
    def report(_: str, total: int) -> Iterator[Callable[[int], None]]:
        arrived, told = 0, time.monotonic()

        def update(amount: int) -> None:
            nonlocal arrived, told
            arrived += amount
            if time.monotonic() - told >= constants.PROGRESS_SECONDS:
                told = time.monotonic()
                part = folders.megabytes(arrived)
                whole = folders.megabytes(total)
                say(f"Keycloak {_VERSION}: {part} of {whole}")

        yield update

    return report
