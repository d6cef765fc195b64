"""What the manager of connections knows of one."""

from typing import Protocol

from {{cookiecutter.module_name}}.schemas.frame import EncodedMessage
from {{cookiecutter.module_name}}.schemas.user import UserModel


class Socket(Protocol):
    """An open connection."""

    @property
    def user(self) -> UserModel | None:
        """None before the login."""

    @property
    def address(self) -> str:
        """Of the client."""

    @property
    def queued(self) -> int:
        """Messages that wait to be sent."""

    def send(self, message: EncodedMessage) -> None:
        """Queues it; never waits."""

    def refuse(
        self, code: int, reason: str, patience: float | None = None
    ) -> None:
        """Begins to close; requests in flight get `patience` seconds."""

    def announce_drain(self, retry_after: float) -> None:
        """Tells the client to reconnect elsewhere after so many seconds."""

    async def close(
        self, code: int, reason: str = "", patience: float | None = None
    ) -> None:
        """Requests in flight get `patience` s; returns when it is closed."""
