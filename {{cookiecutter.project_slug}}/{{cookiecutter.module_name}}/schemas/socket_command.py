"""What one worker asks of all: to do something with their sockets."""

from typing import Any, Final, Literal, NotRequired, TypedDict

SOCKETS_CHANNEL: Final = "sockets"


class SocketCommand(TypedDict):
    """A message on SOCKETS_CHANNEL; without a target it is for all sockets.

    `send` carries `data`, which goes out as it is; `close` carries a `code`.
    """

    action: Literal["send", "close"]
    user_id: NotRequired[str]
    session_id: NotRequired[str]
    data: NotRequired[Any]
    code: NotRequired[int]
