"""PostgreSQL keeps its connections and says nothing on them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

from tests.own_postgres import OwnPostgres


@pytest.fixture(params=[False, True], ids=["", "ping"])
async def impatient(
    own_server: OwnPostgres, request: pytest.FixtureRequest
) -> AsyncIterator[Database]:
    """One connection, which has been used; with ping before use or not."""
    database = Database(
        Settings.model_validate(
            {
                **own_server.environment,
                "DB_POOL_PRE_PING": request.param,
                "DB_POOL_SIZE": 1,
                "DB_MAX_OVERFLOW": 0,
                "DB_CONNECT_TIMEOUT_SECONDS": 0.5,
                "DB_STATEMENT_TIMEOUT_SECONDS": 0.5,
            }
        )
    )
    await database.ping()
    yield database
    await database.close()


async def ask(session: AsyncSession) -> None:
    connection = await session.connection()
    await connection.execute(text("SELECT 1"))


async def freeze_before_commit(
    database: Database, server: OwnPostgres
) -> None:
    async with database.transaction() as session:
        await ask(session)
        server.freeze()


async def freeze_before_statement(
    database: Database, server: OwnPostgres
) -> None:
    server.freeze()
    async with database.transaction() as session:
        await ask(session)


async def freeze_before_read(database: Database, server: OwnPostgres) -> None:
    server.freeze()
    async with database.reading() as session:
        await ask(session)


@pytest.mark.parametrize(
    "freeze",
    [freeze_before_commit, freeze_before_statement, freeze_before_read],
)
async def test_a_silent_server_is_waited_for_no_longer_than_a_statement(
    impatient: Database,
    own_server: OwnPostgres,
    freeze: Callable[[Database, OwnPostgres], Awaitable[None]],
) -> None:
    try:
        async with asyncio.timeout(10):
            with pytest.raises(UnavailableError):
                await freeze(impatient, own_server)
    finally:
        own_server.thaw()
    await impatient.ping()
