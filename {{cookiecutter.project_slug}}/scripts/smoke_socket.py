"""The WebSocket's part of `make smoke`."""

import json
import time
import uuid
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from scripts.stack.problem import StackError

_PATH = "/web"
_WHOAMI = 100
_TIMEOUT_SECONDS = 10.0
_WIDTH = 100


def converse(app_url: str, token: str) -> int:
    """Logs in by a frame, asks WHOAMI; returns the number of replies.

    Raises StackError for a reply that is not what it should be.
    """
    url = app_url.replace("http", "ws", 1) + _PATH
    try:
        with connect(
            url, open_timeout=_TIMEOUT_SECONDS, proxy=None, compression=None
        ) as socket:
            begun = time.monotonic()
            welcome = _ask(
                socket, {"type": "auth", "token": f"Bearer {token}"}
            )
            _check("auth", welcome, begun, welcome.get("type") == "auth_ok")
            begun = time.monotonic()
            reply = _ask(
                socket,
                {"pkg_id": _WHOAMI, "req_id": str(uuid.uuid4()), "data": {}},
            )
            _check("WHOAMI", reply, begun, reply.get("status_code") == 0)
    except (OSError, WebSocketException) as error:
        raise StackError(
            f"the WebSocket at {url} does not answer ({error})",
            "see what the service wrote",
        ) from error
    return 2


def _ask(socket: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    socket.send(json.dumps(message))
    reply: dict[str, Any] = json.loads(socket.recv(timeout=_TIMEOUT_SECONDS))
    return reply


def _check(name: str, reply: dict[str, Any], begun: float, well: bool) -> None:
    milliseconds = 1000 * (time.monotonic() - begun)
    status = reply.get("status_code", reply.get("type"))
    text = f"{status} {json.dumps(reply.get('data', reply))}"[:_WIDTH]
    print(f"WS {name} {text} ({milliseconds:.0f} ms)", flush=True)
    if not well:
        raise StackError(
            f"the WebSocket answered {name} with {text}",
            "see what the service wrote",
        )
