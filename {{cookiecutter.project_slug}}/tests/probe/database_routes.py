"""Routes that keep PostgreSQL busy on request."""

from fastapi import APIRouter, Depends
from sqlalchemy import text

from {{cookiecutter.module_name}}.dependencies.permissions import public
from {{cookiecutter.module_name}}.dependencies.session import ReadSessionDep

router = APIRouter(prefix="/probe/database", dependencies=[Depends(public())])


@router.get("/sleep/{seconds}")
async def sleep(seconds: float, word: str, session: ReadSessionDep) -> int:
    """One statement of that length, in which `word` is a value."""
    connection = await session.connection()
    statement = text("SELECT 41 WHERE pg_sleep(:seconds)::text <> :word")
    found = await connection.execute(
        statement, {"seconds": seconds, "word": word}
    )
    return len(found.all())


@router.get("/wait/{key}")
async def wait(key: int, session: ReadSessionDep) -> int:
    """Until nobody holds the advisory lock of that key."""
    connection = await session.connection()
    statement = text("SELECT pg_advisory_xact_lock_shared(:key)")
    await connection.execute(statement, {"key": key})
    return key


@router.get("/repeat/{times}")
async def repeat(times: int, session: ReadSessionDep) -> int:
    """The same statement so often, with a value that is another each time."""
    connection = await session.connection()
    for number in range(times):
        await connection.execute(text(f"SELECT {number}, 'row {number}'"))
    return times


@router.get("/fail")
async def fail(session: ReadSessionDep) -> None:
    """A statement that PostgreSQL refuses."""
    connection = await session.connection()
    await connection.execute(text("SELECT * FROM nowhere WHERE a = 'x9y9'"))


@router.get("/divide/{word}")
async def divide(word: str, session: ReadSessionDep) -> None:
    """A statement that fails at a value."""
    connection = await session.connection()
    statement = text("SELECT 1 / (length(:word) - length(:word))")
    await connection.execute(statement, {"word": word})
