"""What can be done with authors."""

from collections.abc import Sequence
from dataclasses import dataclass

from {{cookiecutter.module_name}}.commands.base import BaseCommand
from {{cookiecutter.module_name}}.exceptions import (
    NotFoundError,
    PreconditionFailedError,
)
from {{cookiecutter.module_name}}.models.author import Author
from {{cookiecutter.module_name}}.repositories.author_repository import (
    AuthorRepository,
)
from {{cookiecutter.module_name}}.schemas.author import (
    AuthorInput,
    AuthorList,
    AuthorPage,
    AuthorRow,
)
from {{cookiecutter.module_name}}.schemas.page import Page


@dataclass(frozen=True, slots=True)
class AuthorChange:
    """A new name for an author that is still in one of `versions`."""

    id: int
    name: str
    versions: frozenset[int] | None = None


class AuthorCommand[In, Out](BaseCommand[In, Out]):
    """A command on the repository of authors."""

    def __init__(self, authors: AuthorRepository) -> None:
        self.authors = authors


class ListAuthors(AuthorCommand[AuthorList, Sequence[AuthorRow]]):
    """By id."""

    async def execute(self, data: AuthorList) -> Sequence[AuthorRow]:
        """Never fails for want of authors."""
        return await self.authors.rows(data)


class PageAuthors(AuthorCommand[AuthorPage, Page[AuthorRow]]):
    """One page, by number or by cursor, and where it stands."""

    async def execute(self, data: AuthorPage) -> Page[AuthorRow]:
        """A page beyond the last is empty; raises ValidationFailedError."""
        return await self.authors.page(data)


class GetAuthor(AuthorCommand[int, Author]):
    """One, by id."""

    async def execute(self, data: int) -> Author:
        """Raises NotFoundError."""
        author = await self.authors.get(data)
        if author is None:
            raise _missing(data)
        return author


class CreateAuthor(AuthorCommand[AuthorInput, Author]):
    """One more."""

    async def execute(self, data: AuthorInput) -> Author:
        """Raises ConflictError for a name that exists."""
        return await self.authors.create(Author(name=data.name))


class UpdateAuthor(AuthorCommand[AuthorChange, Author]):
    """Another name."""

    async def execute(self, data: AuthorChange) -> Author:
        """Raises NotFoundError, PreconditionFailedError, ConflictError."""
        author = await self.authors.rename(data.id, data.name, data.versions)
        if author is not None:
            return author
        current = await self.authors.get(data.id)
        if current is None:
            raise _missing(data.id)
        raise PreconditionFailedError(
            f"The author changed meanwhile; it is at version "
            f"{current.version} now."
        )


class DeleteAuthor(AuthorCommand[int, None]):
    """One less."""

    async def execute(self, data: int) -> None:
        """Raises NotFoundError."""
        if not await self.authors.remove(data):
            raise _missing(data)


def _missing(author_id: int) -> NotFoundError:
    return NotFoundError(f"There is no author {author_id}.")
