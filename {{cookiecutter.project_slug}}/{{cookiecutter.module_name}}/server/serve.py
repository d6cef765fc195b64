"""The whole service: one process, or a supervisor and its workers."""

import os
from collections.abc import Sequence
from functools import partial

import structlog

from {{cookiecutter.module_name}}.observability.multiprocess import (
    metrics_folder,
)
from {{cookiecutter.module_name}}.server.listener import bind
from {{cookiecutter.module_name}}.server.supervisor import Supervisor
from {{cookiecutter.module_name}}.server.worker import Worker, run_server
from {{cookiecutter.module_name}}.settings import Settings

logger = structlog.get_logger(__name__)


def serve(settings: Settings, *, packages: Sequence[str] = ()) -> int:
    """Runs until a signal; returns the exit code.

    `packages` as in `create_app`. Raises StartupError for a taken port. The
    process has to end soon after this returns.
    """
    several = settings.WORKERS > 1
    with bind(settings) as listener, metrics_folder(several) as folder:
        logger.info(
            "Listening",
            url="http://{}:{}".format(*listener.getsockname()[:2]),
            workers=settings.WORKERS,
            pid=os.getpid(),
        )
        if not several:
            return run_server(settings, packages, listener)
        start = partial(Worker, settings, packages, listener, folder)
        return Supervisor(settings, start, listener).run()
