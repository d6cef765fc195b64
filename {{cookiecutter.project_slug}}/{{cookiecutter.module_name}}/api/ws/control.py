"""Control frames: those that carry a `type` instead of a `pkg_id`."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

from {{cookiecutter.module_name}}.api.ws.refusal import Refusal, refusal_of
from {{cookiecutter.module_name}}.api.ws.replies import Message
from {{cookiecutter.module_name}}.exceptions import ServiceError, ValidationFailedError
from {{cookiecutter.module_name}}.schemas.user import CurrentUser, UserModel

AUTH: Final = "auth"


class Peer(Protocol):
    """What control frames do to a connection."""

    async def log_in(self, token: str) -> UserModel:
        """Raises ServiceError when it is refused."""

    def push(self, message: Message) -> None:
        """Queues a message to the client."""

    def turn_away(self, refusal: Refusal) -> None:
        """Closes, and counts."""

    def cancel(self, req_id: str) -> None:
        """Takes a request back."""


type Obey = Callable[[Peer, Message], Awaitable[None]]


def is_control(message: Any) -> bool:
    """A package request has a pkg_id, whatever else it has."""
    return (
        isinstance(message, dict)
        and "type" in message
        and "pkg_id" not in message
    )


async def obey(peer: Peer, frame: Message) -> None:
    """Raises ValidationFailedError for a frame that makes no sense."""
    kind = frame["type"]
    command = COMMANDS.get(kind) if isinstance(kind, str) else None
    if command is None:
        raise ValidationFailedError(
            f"There is no such type of frame; there are {', '.join(COMMANDS)}."
        )
    await command(peer, frame)


async def _auth(peer: Peer, frame: Message) -> None:
    """The first login of a socket, or a newer token of the same user."""
    token = _text(frame, "token").strip()
    scheme, _, rest = token.partition(" ")
    if scheme.lower() == "bearer":
        token = rest.strip()
    try:
        user = await peer.log_in(token)
    except ServiceError as error:
        peer.turn_away(refusal_of(error))
    else:
        peer.push(_welcome(user))


async def _ping(peer: Peer, _: Message) -> None:
    peer.push({"type": "pong"})


async def _cancel(peer: Peer, frame: Message) -> None:
    peer.cancel(_text(frame, "req_id"))


def _welcome(user: UserModel) -> Message:
    known = CurrentUser.of(user)
    return {
        "type": "auth_ok",
        "user": {"id": known.id, "username": known.username},
        "roles": known.roles,
        "expires_at": known.expires_at,
    }


def _text(frame: Mapping[str, Any], field: str) -> str:
    value = frame.get(field)
    if not isinstance(value, str):
        raise ValidationFailedError(f"{field} must be a text.")
    return value


COMMANDS: Final[Mapping[str, Obey]] = MappingProxyType(
    {AUTH: _auth, "ping": _ping, "cancel": _cancel}
)
