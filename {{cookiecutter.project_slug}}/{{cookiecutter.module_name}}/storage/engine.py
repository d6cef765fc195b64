"""The SQLAlchemy engine, and what happens when PostgreSQL is not there."""

from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
from sqlalchemy import URL, NullPool, event, make_url
from sqlalchemy.engine import Dialect, ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.postgres_tls import tls


def build_engine(settings: Settings) -> AsyncEngine:
    """The pool of the service; connects when first used."""
    options = _behind_a_pooler if settings.DB_PGBOUNCER else _pooled
    engine = _engine(
        settings.database_url,
        hide_parameters=_hides_values(settings),
        **options(settings),
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    event.listen(engine.sync_engine, "handle_error", _give_up)
    _limit_ping(engine.sync_engine.dialect)
    return engine


def build_migration_engine(settings: Settings) -> AsyncEngine:
    """One connection, past a pooler if need be, with no time limit."""
    given = settings.MIGRATION_DATABASE_URL
    url = (
        make_url(given.get_secret_value()).set(drivername="postgresql+asyncpg")
        if given
        else settings.database_url
    )
    arguments: dict[str, Any] = {
        "timeout": settings.DB_CONNECT_TIMEOUT_SECONDS
    }
    if "ssl" not in url.query:
        arguments |= tls(settings)
    return _engine(url, poolclass=NullPool, connect_args=arguments)


def _engine(url: URL, *, connect_args: Any, **options: Any) -> AsyncEngine:
    return create_async_engine(
        url,
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
        connect_args={
            **connect_args,
            "async_creator_fn": partial(_connect, address=_address(url)),
        },
        **options,
    )


def _hides_values(settings: Settings) -> bool:
    """Errors with the values of their statement are for developers."""
    return settings.ENV != "dev"


def _pooled(settings: Settings) -> dict[str, Any]:
    return {
        "connect_args": _connect_args(settings),
        "pool_size": settings.DB_POOL_SIZE,
        "max_overflow": settings.DB_MAX_OVERFLOW,
        "pool_recycle": settings.DB_POOL_RECYCLE,
        "pool_pre_ping": settings.DB_POOL_PRE_PING,
        "pool_timeout": settings.DB_CONNECT_TIMEOUT_SECONDS,
        "pool_use_lifo": True,
    }


def _connect_args(settings: Settings) -> dict[str, Any]:
    idle = settings.DB_IDLE_IN_TRANSACTION_TIMEOUT_SECONDS
    return {
        **tls(settings),
        **_time_limits(settings),
        "server_settings": {
            "application_name": constants.DISTRIBUTION,
            "statement_timeout": _milliseconds(
                settings.DB_STATEMENT_TIMEOUT_SECONDS
            ),
            "idle_in_transaction_session_timeout": _milliseconds(idle),
            # Compiling costs more than it gains on short statements.
            "jit": "off",
        },
    }


def _time_limits(settings: Settings) -> dict[str, float | None]:
    """Of the driver: a server that is gone says nothing of its own limit.

    It gets as long to say so as to let us in.
    """
    statement = settings.DB_STATEMENT_TIMEOUT_SECONDS
    connect = settings.DB_CONNECT_TIMEOUT_SECONDS
    return {
        "timeout": connect,
        "command_timeout": statement + connect if statement else None,
    }


def _behind_a_pooler(settings: Settings) -> dict[str, Any]:
    """A pooler refuses start-up parameters that it does not know.

    Time limits are then set on the role: `ALTER ROLE … SET …`.
    """
    return {
        "poolclass": NullPool,
        "connect_args": {
            **tls(settings),
            **_time_limits(settings),
            "server_settings": {"application_name": constants.DISTRIBUTION},
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": _statement_name,
        },
    }


async def _connect(
    *arguments: Any, address: str, **options: Any
) -> asyncpg.Connection:
    """Raises UnavailableError with the driver's error as its cause."""
    try:
        return await asyncpg.connect(*arguments, **options)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise UnavailableError(f"No connection to {address}.") from error


def _give_up(failure: ExceptionContext) -> UnavailableError | None:
    """The driver's time limit; what the connection still owes is not read."""
    if not isinstance(failure.original_exception, TimeoutError):
        return None
    failure.is_disconnect = True
    # The others may be well.
    failure.invalidate_pool_on_disconnect = False
    return UnavailableError("PostgreSQL did not answer in time.")


def _limit_ping(dialect: Dialect) -> None:
    """Of DB_POOL_PRE_PING, whose failures SQLAlchemy tells no listener."""
    ping = dialect.do_ping

    def ping_in_time(connection: DBAPIConnection) -> bool:
        try:
            return ping(connection)
        except TimeoutError as error:
            raise DisconnectionError("No answer in time.") from error

    dialect.do_ping = ping_in_time  # type: ignore[assignment]


def _refuse_closed(connection: Any, record: Any, _: Any) -> None:
    """The driver knows of a lost connection; asking it costs nothing.

    The pool replaces a connection that is refused here.
    """
    if record.driver_connection.is_closed():
        raise DisconnectionError("PostgreSQL closed the connection.")


def _address(url: URL) -> str:
    return f"PostgreSQL at {url.host}:{url.port or 5432}"


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))


def _statement_name() -> str:
    return f"__asyncpg_{uuid4()}__"


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()
