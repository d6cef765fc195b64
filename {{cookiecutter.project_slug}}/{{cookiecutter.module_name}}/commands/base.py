"""What the service does, apart from how it is asked."""

from abc import ABC, abstractmethod


class BaseCommand[In, Out](ABC):
    """One thing to do; HTTP and WebSocket handlers run the same.

    It works in the session of the repositories it is given, and does not
    commit: the caller's transaction ends with the request.
    """

    @abstractmethod
    async def execute(self, data: In) -> Out:
        """Raises ServiceError."""
