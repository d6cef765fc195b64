"""What all buses have in common: commands to sockets are messages too."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

from {{cookiecutter.module_name}}.protocols import Callback
from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode
from {{cookiecutter.module_name}}.schemas.socket_command import (
    SOCKETS_CHANNEL,
    SocketCommand,
)

type Unsubscribe = Callable[[], Awaitable[None]]


class BaseBus(ABC):
    """The `Bus` port upon three methods; see protocols.py."""

    @abstractmethod
    async def publish(self, channel: str, data: Any) -> None:
        """Hands `data` to every subscriber of `channel`."""

    @abstractmethod
    async def subscribe(self, channel: str, callback: Callback) -> Unsubscribe:
        """Calls back for each message."""

    @abstractmethod
    async def close(self) -> None:
        """Ends all subscriptions."""

    @abstractmethod
    async def ping(self) -> None:
        """Raises UnavailableError while messages do not get through."""

    async def broadcast(self, message: Any) -> None:
        """Sends `message` to every socket that is logged in."""
        await self._command({"action": "send", "data": message})

    async def send_to_user(self, user_id: str, data: Any) -> None:
        """Sends `data` to every socket of the user."""
        await self._command(
            {"action": "send", "user_id": user_id, "data": data}
        )

    async def disconnect(
        self,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        code: int = CloseCode.UNAUTHORIZED,
    ) -> None:
        """Closes the sockets of a user or of one Keycloak session."""
        # Of those that are not ours, an application may send these only.
        if not (code in range(3000, 5000) or code in CloseCode):
            raise ValueError(f"{code} is no code to close a socket with.")
        command: SocketCommand = {"action": "close", "code": code}
        if user_id is not None:
            command["user_id"] = user_id
        elif session_id is not None:
            command["session_id"] = session_id
        else:
            raise ValueError("Name a user_id or a session_id.")
        await self._command(command)

    async def _command(self, command: SocketCommand) -> None:
        await self.publish(SOCKETS_CHANNEL, command)
