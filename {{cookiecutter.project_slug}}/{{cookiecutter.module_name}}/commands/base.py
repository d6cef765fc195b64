"""What the service does, apart from how it is asked."""

from abc import ABC, abstractmethod
from typing import ClassVar

from {{cookiecutter.module_name}}.exceptions import NotFoundError
from {{cookiecutter.module_name}}.protocols import Repository


class BaseCommand[In, Out](ABC):
    """One thing to do; HTTP and WebSocket handlers run the same.

    It works in the session of the repositories it is given, and does not
    commit: the caller's transaction ends with the request.
    """

    @abstractmethod
    async def execute(self, data: In) -> Out:
        """Raises ServiceError."""


class GetCommand[T](BaseCommand[int, T]):
    """One row by its key; a subclass says of `what`."""

    what: ClassVar[str]

    def __init__(self, rows: Repository[T]) -> None:
        self.rows = rows

    async def execute(self, data: int) -> T:
        """Raises NotFoundError."""
        found = await self.rows.get(data)
        if found is None:
            raise NotFoundError(f"There is no {self.what} {data}.")
        return found
