"""Sessions on PostgreSQL: one transaction to write, none to read."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager

import asyncpg
import stamina
import structlog
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.exceptions import StartupError, UnavailableError
from {{cookiecutter.module_name}}.observability.database_metrics import (
    DatabaseMetrics,
)
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.engine import build_engine
from {{cookiecutter.module_name}}.storage.histories import CORE, History, position
from {{cookiecutter.module_name}}.storage.pagination.counts import (
    Counts,
    NullCounts,
    WritingSession,
    with_counts,
    written_by,
)
from {{cookiecutter.module_name}}.storage.pool_metrics import PoolWatch
from {{cookiecutter.module_name}}.storage.postgres_tls import is_about_tls
from {{cookiecutter.module_name}}.storage.slow_queries import StatementWatch

logger = structlog.get_logger(__name__)

type Committed = Callable[[], None]
type BeforeCommit = Callable[[AsyncSession], Awaitable[Committed | None]]

# 08 connection exception, 57P the server shuts down, 57014 statement timeout.
_UNAVAILABLE_STATES = ("08", "57P", "57014")


class Database:
    """The pool of connections and the two kinds of session on it."""

    def __init__(
        self,
        settings: Settings,
        metrics: DatabaseMetrics | None = None,
        counts: Counts | None = None,
    ) -> None:
        self.counts: Counts = counts or NullCounts()
        self.engine = build_engine(settings)
        # Called in each transaction that wrote, to commit with it or not;
        # what they return is called when it was committed.
        self.before_commit: list[BeforeCommit] = []
        self._most_connections = (
            settings.DB_POOL_SIZE + settings.DB_MAX_OVERFLOW
        )
        metrics = metrics or DatabaseMetrics(CollectorRegistry())
        self._pool_watch = PoolWatch(metrics, self.engine)
        slow = settings.DB_SLOW_QUERY_SECONDS
        StatementWatch(metrics, slow).attach(self.engine)
        # A pooler in transaction mode needs the transaction around.
        self._reading_engine = (
            self.engine
            if settings.DB_PGBOUNCER
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction; committed at the end, rolled back on an error."""
        with _unavailability():
            async with AsyncSession(
                self.engine,
                sync_session_class=WritingSession,
                expire_on_commit=False,
            ) as session:
                async with session.begin():
                    yield session
                    committed = await self._before_commit(session)
                # Not in the block: a COMMIT may fail.
                for tell in committed:
                    tell()
        await self.counts.invalidate(written_by(session))

    async def _before_commit(self, session: AsyncSession) -> list[Committed]:
        await session.flush()
        if not written_by(session):
            return []
        found = [await part(session) for part in self.before_commit]
        return [tell for tell in found if tell is not None]

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """No transaction: each statement sees what is committed by then."""
        session = AsyncSession(
            self._reading_engine,
            autoflush=False,
            info=with_counts(self.counts),
        )
        with _unavailability():
            try:
                yield session
            finally:
                await session.close()

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[AsyncConnection]:
        """No session and no transaction: each statement is its own."""
        with _unavailability():
            async with self._reading_engine.connect() as connection:
                yield connection
                # Which a pooler needs, and nobody else hears of.
                await connection.commit()

    async def ping(self) -> None:
        """One round trip; raises what went wrong."""
        with _unavailability():
            async with self._reading_engine.connect() as connection:
                await connection.execute(text("SELECT 1"))

    async def watch(self) -> None:
        """Measures the pool until it is cancelled."""
        await self._pool_watch.watch(self._most_connections)

    async def close(self) -> None:
        """Ends all connections of the pool."""
        await self.engine.dispose()


async def wait_and_init_db(
    database: Database,
    settings: Settings,
    histories: Sequence[History] = (CORE,),
) -> None:
    """Waits for PostgreSQL and checks that it is migrated.

    Raises StartupError.
    """
    await wait_for(database.engine, settings)
    for history in histories:
        await _check_migrated(database.engine, history)


async def wait_for(engine: AsyncEngine, settings: Settings) -> None:
    """Connects, with retries where waiting may help; raises StartupError."""
    retries = stamina.retry_context(
        on=_may_pass,
        attempts=settings.DB_INIT_MAX_RETRIES + 1,
        timeout=None,
        wait_initial=settings.DB_INIT_RETRY_INTERVAL,
        wait_max=settings.DB_INIT_RETRY_INTERVAL,
        wait_jitter=0,
    )
    try:
        async for attempt in retries:
            with attempt:
                async with engine.connect():
                    pass
    except UnavailableError as error:
        raise _explained(error, engine) from error


def _may_pass(error: Exception) -> bool:
    if is_about_tls(error.__cause__):
        return False
    return isinstance(error, UnavailableError) and not isinstance(
        error.__cause__,
        (
            asyncpg.InvalidAuthorizationSpecificationError,
            asyncpg.InvalidCatalogNameError,
        ),
    )


def _explained(error: UnavailableError, engine: AsyncEngine) -> StartupError:
    cause, url = error.__cause__, engine.url
    server = f"PostgreSQL at {url.host}:{url.port or 5432}"
    if isinstance(cause, asyncpg.InvalidAuthorizationSpecificationError):
        return StartupError(
            f"{server} refuses the user {url.username}: {cause}.",
            "set DB_USER and DB_PASSWORD to what the server knows",
        )
    if isinstance(cause, asyncpg.InvalidCatalogNameError):
        return StartupError(
            f"{server} has no database {url.database}.",
            "create it or set another DB_NAME",
        )
    if is_about_tls(cause):
        return StartupError(
            f"{server} offers no TLS that DB_SSL_MODE takes: {cause}.",
            "give it a certificate that DB_SSL_ROOT_CERT vouches for, or set "
            "another DB_SSL_MODE",
        )
    return StartupError(
        f"{server} does not answer: {cause or 'timeout'}.",
        "start it with `make up`, or set DB_HOST and DB_PORT",
    )


async def _check_migrated(engine: AsyncEngine, history: History) -> None:
    async with engine.connect() as connection:
        found = await connection.run_sync(position, history)
    if found.ahead:
        # An older release next to a newer one, as in a rolling deployment.
        logger.warning(
            "The database knows migrations that this code does not",
            history=history.name,
            database=found.database,
            code=found.code,
        )
    elif found.database != found.code:
        raise StartupError(
            f"Migrations of {history.name} are missing: "
            f"database at {found.database}, code at {found.code}.",
            "run `make migrate`",
        )


@contextmanager
def _unavailability() -> Iterator[None]:
    """Says 503 where the server, not the statement, is to blame."""
    try:
        yield
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        if error.connection_invalidated or state.startswith(
            _UNAVAILABLE_STATES
        ):
            raise UnavailableError("PostgreSQL did not answer.") from error
        raise
    except PoolTimeoutError as error:
        raise UnavailableError("All connections are in use.") from error
