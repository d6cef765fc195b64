"""Sessions, lost connections and start-up checks on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.constants import DISTRIBUTION
from {{cookiecutter.module_name}}.exceptions import StartupError, UnavailableError
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database, wait_and_init_db
from {{cookiecutter.module_name}}.storage.histories import History

from tests.own_postgres import OwnPostgres


def settings_of(server: OwnPostgres, **changes: object) -> Settings:
    return Settings.model_validate(
        {"DB_INIT_MAX_RETRIES": 0, **server.environment, **changes}
    )


@pytest.fixture
async def own(own_server: OwnPostgres) -> AsyncIterator[Database]:
    database = Database(settings_of(own_server, DB_POOL_SIZE=2))
    yield database
    await database.close()


@pytest.fixture
async def notes(own: Database) -> AsyncIterator[str]:
    """A table whose unique constraint is checked at the commit."""
    async with own.transaction() as session:
        await run(
            session,
            "CREATE TABLE notes"
            " (word text UNIQUE DEFERRABLE INITIALLY DEFERRED)",
        )
    yield "notes"
    async with own.transaction() as session:
        await run(session, "DROP TABLE notes")


async def run(
    session: AsyncSession, statement: str
) -> list[tuple[object, ...]]:
    connection = await session.connection()
    found = await connection.execute(text(statement))
    return [tuple(row) for row in found] if found.returns_rows else []


async def fail_after(database: Database, statement: str) -> None:
    async with database.transaction() as session:
        await run(session, statement)
        raise ZeroDivisionError


async def words(database: Database) -> list[tuple[object, ...]]:
    async with database.reading() as session:
        return await run(session, "SELECT word FROM notes ORDER BY word")


async def test_a_transaction_commits_at_its_end(
    own: Database, notes: str
) -> None:
    async with own.transaction() as session:
        await run(session, "INSERT INTO notes VALUES ('kept')")
        assert await words(own) == []
    assert await words(own) == [("kept",)]


async def test_an_error_rolls_back(own: Database, notes: str) -> None:
    with pytest.raises(ZeroDivisionError):
        await fail_after(own, "INSERT INTO notes VALUES ('lost')")
    assert await words(own) == []


async def test_reading_sends_no_begin(
    own: Database, own_server: OwnPostgres
) -> None:
    await own.ping()
    before = len(own_server.statements(DISTRIBUTION))
    async with own.reading() as session:
        await run(session, "SELECT 41")
        await run(session, "SELECT 42")
    assert own_server.statements(DISTRIBUTION)[before:] == [
        "SELECT 41",
        "SELECT 42",
    ]


async def test_a_transaction_is_one(
    own: Database, own_server: OwnPostgres
) -> None:
    await own.ping()
    before = len(own_server.statements(DISTRIBUTION))
    async with own.transaction() as session:
        await run(session, "SELECT 43")
    sent = own_server.statements(DISTRIBUTION)[before:]
    assert [statement.split()[0].rstrip(";") for statement in sent] == [
        "BEGIN",
        "SELECT",
        "COMMIT",
    ]


async def test_terminated_connections_are_replaced(own: Database) -> None:
    async with own.reading() as first, own.reading() as second:
        await run(first, "SELECT 1")
        [(pid,)] = await run(second, "SELECT pg_backend_pid()")
    killer = Database(Settings.model_validate(own_environment(own)))
    async with killer.reading() as session:
        await run(
            session,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            f" WHERE pid <> pg_backend_pid() AND application_name ="
            f" '{DISTRIBUTION}'",
        )
    await killer.close()
    async with own.reading() as session:
        [(fresh,)] = await run(session, "SELECT pg_backend_pid()")
    assert fresh != pid


def own_environment(database: Database) -> dict[str, object]:
    url = database.engine.url
    return {
        "DB_HOST": url.host,
        "DB_PORT": url.port,
        "DB_USER": url.username,
        "DB_PASSWORD": url.password,
        "DB_NAME": url.database,
    }


async def test_a_restarted_server_is_found_again(
    own: Database, own_server: OwnPostgres
) -> None:
    await own.ping()
    await asyncio.to_thread(own_server.stop)
    with pytest.raises(UnavailableError):
        await own.ping()
    await asyncio.to_thread(own_server.start)
    await own.ping()


async def test_statements_have_a_time_limit(own_server: OwnPostgres) -> None:
    database = Database(
        settings_of(own_server, DB_STATEMENT_TIMEOUT_SECONDS=0.05)
    )
    with pytest.raises(UnavailableError):
        async with database.reading() as session:
            await run(session, "SELECT pg_sleep(10)")
    await database.close()


async def test_no_connection_left_is_no_500(own_server: OwnPostgres) -> None:
    database = Database(
        settings_of(
            own_server,
            DB_POOL_SIZE=1,
            DB_MAX_OVERFLOW=0,
            # Long enough to connect on a busy machine.
            DB_CONNECT_TIMEOUT_SECONDS=1,
        )
    )
    async with database.reading() as holder:
        await run(holder, "SELECT 1")
        with pytest.raises(UnavailableError):
            await database.ping()
    await database.close()


async def test_settings_reach_the_server(own: Database) -> None:
    async with own.reading() as session:
        found = await run(
            session,
            "SELECT current_setting('application_name'),"
            " current_setting('statement_timeout'),"
            " current_setting('idle_in_transaction_session_timeout')",
        )
    assert found == [(DISTRIBUTION, "30s", "1min")]


async def test_behind_a_pooler_nothing_is_kept(
    own_server: OwnPostgres,
) -> None:
    database = Database(settings_of(own_server, DB_PGBOUNCER=True))
    pids = set()
    for _ in range(2):
        async with database.reading() as session:
            [(pid,)] = await run(session, "SELECT pg_backend_pid()")
            pids.add(pid)
            [(prepared,)] = await run(
                session, "SELECT count(*) FROM pg_prepared_statements"
            )
    assert len(pids) == 2
    assert prepared == 1  # The one that asks.
    await database.close()


async def test_json_both_ways(own: Database) -> None:
    async with own.reading() as session:
        found = await run(session, """SELECT '{"a": [1, null]}'::jsonb""")
    assert found == [({"a": [1, None]},)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"DB_PASSWORD": "wrong"}, "refuses the user postgres"),
        ({"DB_USER": "nobody"}, "refuses the user nobody"),
        ({"DB_NAME": "missing"}, "has no database missing"),
        # Port 1 needs root to listen on, and nothing does.
        ({"DB_PORT": 1}, "does not answer"),
    ],
    ids=["password", "user", "database", "port"],
)
async def test_what_is_wrong_is_named(
    own_server: OwnPostgres, changes: Mapping[str, object], message: str
) -> None:
    settings = settings_of(own_server, **changes)
    database = Database(settings)
    with pytest.raises(StartupError, match=message):
        await wait_and_init_db(database, settings)
    await database.close()


async def test_it_waits_for_a_late_server(own_server: OwnPostgres) -> None:
    settings = settings_of(
        own_server, DB_INIT_MAX_RETRIES=100, DB_INIT_RETRY_INTERVAL=0.1
    )
    database = Database(settings)
    await asyncio.to_thread(own_server.stop)
    waiting = asyncio.create_task(wait_and_init_db(database, settings, ()))
    await asyncio.to_thread(own_server.start)
    async with asyncio.timeout(20):
        await waiting
    await database.close()


async def test_missing_migrations_are_named(
    own: Database, own_server: OwnPostgres, small_history: History
) -> None:
    settings = settings_of(own_server)
    with pytest.raises(StartupError) as failure:
        await wait_and_init_db(own, settings, [small_history])
    assert "database at None, code at first" in failure.value.problem
    assert "make migrate" in failure.value.fix


async def test_a_newer_database_is_let_be(
    own: Database, own_server: OwnPostgres, small_history: History
) -> None:
    async with own.transaction() as session:
        table = small_history.version_table
        await run(session, f"CREATE TABLE {table} (version_num text)")
        await run(session, f"INSERT INTO {table} VALUES ('from-tomorrow')")
    await wait_and_init_db(own, settings_of(own_server), [small_history])
