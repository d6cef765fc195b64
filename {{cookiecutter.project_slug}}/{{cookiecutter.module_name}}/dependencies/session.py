"""Database sessions of a route; both end before the reply is sent."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.dependencies.context import ContextDep


async def writing_session(context: ContextDep) -> AsyncIterator[AsyncSession]:
    """A commit that fails reaches the client as an error."""
    async with context.database.transaction() as session:
        yield session


async def reading_session(context: ContextDep) -> AsyncIterator[AsyncSession]:
    """For routes that only read."""
    async with context.database.reading() as session:
        yield session


type SessionDep = Annotated[
    AsyncSession, Depends(writing_session, scope="function")
]
type ReadSessionDep = Annotated[
    AsyncSession, Depends(reading_session, scope="function")
]
