"""A Valkey for one test, which may kill, freeze and restart it."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis

from scripts.stack.ports import free_port
from scripts.stack.valkey import Valkey

START_SECONDS = 30
PASSWORD = "own-password"


class OwnValkey:
    """A server that comes back on its port."""

    def __init__(self, folder: Path) -> None:
        self._server = Valkey(folder / "valkey", free_port(), PASSWORD)
        self._pid = 0

    @property
    def environment(self) -> dict[str, str]:
        """How the service's settings name it."""
        return {
            "REDIS_IP": "127.0.0.1",
            "REDIS_PORT": str(self._server.port),
            "REDIS_PASSWORD": PASSWORD,
        }

    def client(self, database: int = 10) -> Redis:
        """For a look into it; the default is that of logins."""
        port = self._server.port
        return Redis(port=port, password=PASSWORD, db=database)

    def start(self) -> float:
        """Returns when it answers, with the time of the monotonic clock."""
        self._server.launch()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.ready():
            self._server.check()
            if time.monotonic() > deadline:
                raise self._server.too_slow(START_SECONDS)
            time.sleep(0.005)
        answered = time.monotonic()
        port = self._server.port
        with Redis(port=port, password=PASSWORD) as client:
            self._pid = client.info("server")["process_id"]
        return answered

    def kill(self) -> None:
        """kill -9; returns when it is gone."""
        os.kill(self._pid, signal.SIGKILL)
        self._server.stop()

    def freeze(self) -> None:
        """It keeps its connections, and takes new ones, without a word."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        os.kill(self._pid, signal.SIGCONT)

    def stop(self) -> None:
        """Also when it is frozen."""
        with suppress(ProcessLookupError):
            if self._pid:
                self.thaw()
        self._server.stop()


@contextmanager
def own_valkey(folder: Path) -> Iterator[OwnValkey]:
    """Running until the block ends."""
    server = OwnValkey(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
