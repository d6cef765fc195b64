"""Keeps several workers running, and ends them together."""

import signal
import socket
from collections.abc import Callable
from multiprocessing.connection import wait

import structlog

from {{cookiecutter.module_name}}.server.deadline import Deadline
from {{cookiecutter.module_name}}.server.stop_signals import StopSignals
from {{cookiecutter.module_name}}.server.worker import START_FAILED, Worker
from {{cookiecutter.module_name}}.settings.server import ServerSettings

logger = structlog.get_logger(__name__)

# Workers meet the deadline by themselves; this much later they are killed.
KILL_SECONDS = 5.0


class Supervisor:
    """Replaces workers that die; a worker that cannot start ends all.

    The first one starts alone: what stops it would stop the others, and is
    to be said once.
    """

    def __init__(
        self,
        settings: ServerSettings,
        start: Callable[[], Worker],
        listener: socket.socket,
    ) -> None:
        self._count = settings.WORKERS
        self._seconds = settings.SHUTDOWN_TIMEOUT_SECONDS + KILL_SECONDS
        self._start = start
        self._listener = listener
        self._workers: list[Worker] = []
        self._code = 0

    def run(self) -> int:
        """Until SIGTERM or Ctrl-C; the exit code."""
        with StopSignals() as signals:
            try:
                while not signals.received and not self._code:
                    self._fill()
                    self._wait(signals)
                    self._bury(self._replace)
                self._drain(signals)
            finally:
                for worker in self._workers:
                    worker.kill()
        return self._code

    def _fill(self) -> None:
        count = self._count if self._any_started else 1
        while len(self._workers) < count:
            self._workers.append(self._start())

    @property
    def _any_started(self) -> bool:
        return any(worker.started for worker in self._workers)

    def _wait(
        self, signals: StopSignals, timeout: float | None = None
    ) -> None:
        """For a signal, a start or an end."""
        starts = [w.news for w in self._workers if not w.started]
        ends = [w.sentinel for w in self._workers]
        wait([signals.reader, *starts, *ends], timeout)
        signals.clear()
        for worker in self._workers:
            worker.note_start()

    def _bury(self, mourn: Callable[[Worker], None]) -> None:
        for worker in tuple(self._workers):
            if worker.exit_code is not None:
                self._workers.remove(worker)
                mourn(worker)

    def _replace(self, worker: Worker) -> None:
        if not worker.started and (worker.exit_code or 0) >= 0:
            self._code = START_FAILED
        else:
            logger.warning(
                "A worker has died; another one takes its place",
                worker=worker.pid,
                exit_code=worker.exit_code,
            )

    def _drain(self, signals: StopSignals) -> None:
        # Else clients could still connect, and nobody would accept.
        self._listener.close()
        logger.info("Draining", workers=len(self._workers))
        for worker in self._workers:
            worker.drain()
        deadline = Deadline(self._seconds)
        while self._workers and not signals.forced:
            left = deadline.remaining()
            if not left:
                break
            self._wait(signals, left)
            self._bury(self._judge)
        if self._workers:
            self._code = 1
            logger.warning("Workers are killed", workers=len(self._workers))

    def _judge(self, worker: Worker) -> None:
        # SIGTERM ends one that does not listen to it yet.
        if worker.exit_code not in {0, -signal.SIGTERM}:
            self._code = 1
            logger.warning(
                "A worker did not end well",
                worker=worker.pid,
                exit_code=worker.exit_code,
            )
