"""Metrics of several processes, which share them in a folder of files.

prometheus_client decides at its import, by a variable of the environment,
whether it keeps values there.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from {{cookiecutter.module_name}}.exceptions import StartupError

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def metrics_folder(several: bool) -> Iterator[Path | None]:
    """An empty one for the processes started within the block.

    One that the environment names is emptied and kept; else one is made
    for `several` processes, and removed: only that one is handed out.
    Raises StartupError.
    """
    given = os.environ.get(VARIABLE)
    if given:
        _empty(Path(given))
        yield None
    elif several:
        with _temporary() as folder:
            os.environ[VARIABLE] = folder
            try:
                yield Path(folder)
            finally:
                del os.environ[VARIABLE]
    else:
        yield None


def shared_registry() -> CollectorRegistry | None:
    """The sum over all processes, if there are several.

    What a dead process counted stays; its gauges go.
    """
    folder = os.environ.get(VARIABLE)
    if not folder or not Path(folder).is_dir():
        return None
    for file in Path(folder).glob("gauge_live*_*.db"):
        if not _alive(int(file.stem.rpartition("_")[2])):
            file.unlink(missing_ok=True)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return registry


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _temporary() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(
            prefix="metrics-", ignore_cleanup_errors=True
        )
    except OSError as error:
        raise StartupError(
            f"No folder for the workers' metrics can be made: {error}.",
            f"set {VARIABLE} or TMPDIR to a folder that can be written",
        ) from error


def _empty(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*.db"):
            file.unlink()
    except OSError as error:
        raise StartupError(
            f"The metrics folder {folder} cannot be used: {error.strerror}.",
            f"make it writable or unset {VARIABLE}",
        ) from error
