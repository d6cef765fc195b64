"""A service of two workers on servers of its own, to be broken."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from tests.own_postgres import OwnPostgres, own_postgres
from tests.own_valkey import OwnValkey, own_valkey
from tests.running_service import RunningService, free_port
from tests.scratch_database import migrate

type Start = Callable[..., AbstractContextManager[RunningService]]


class Site:
    """All of it stays on its ports; what is stored stays, too."""

    def __init__(
        self, postgres: OwnPostgres, valkey: OwnValkey, start: Start
    ) -> None:
        self.postgres = postgres
        self.valkey = valkey
        self._start = start
        self._port = free_port()
        self._stack = ExitStack()
        self.service: RunningService

    @property
    def url(self) -> str:
        """Of the service."""
        return f"http://127.0.0.1:{self._port}"

    def start_service(self) -> None:
        """Returns when both workers serve."""
        self.service = self._stack.enter_context(
            self._start(
                **self.postgres.environment,
                **self.valkey.environment,
                APP_PORT=str(self._port),
                REDIS_PREFIX="chaos:",
                WORKERS="2",
            )
        )

    def stop_service(self) -> None:
        """As whoever restarts it does; it drains."""
        self._stack.close()


@contextmanager
def site(folder: Path, start: Start) -> Iterator[Site]:
    """Migrated and running until the block ends; `start` starts a service.

    PostgreSQL is as safe as it is by default: what it says it has is on disk.
    """
    with (
        own_postgres(folder, options={}) as postgres,
        own_valkey(folder) as valkey,
    ):
        migrate(postgres.environment)
        found = Site(postgres, valkey, start)
        try:
            found.start_service()
            yield found
        finally:
            found.stop_service()
