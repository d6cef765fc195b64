"""The repository of authors in a route."""

from typing import Annotated

from fastapi import Depends

from {{cookiecutter.module_name}}.dependencies.session import (
    ReadSessionDep,
    SessionDep,
)
from {{cookiecutter.module_name}}.repositories.author_repository import (
    AuthorRepository,
)


async def authors(session: SessionDep) -> AuthorRepository:
    """In the transaction of the request."""
    return AuthorRepository(session)


async def authors_to_read(session: ReadSessionDep) -> AuthorRepository:
    """Without a transaction."""
    return AuthorRepository(session)


type AuthorsDep = Annotated[
    AuthorRepository, Depends(authors, scope="function")
]
type ReadAuthorsDep = Annotated[
    AuthorRepository, Depends(authors_to_read, scope="function")
]
