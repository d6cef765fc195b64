"""A client of the package protocol, upon `websockets`."""

import asyncio
import json
import uuid
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed

# Only how long a broken service keeps a test.
PATIENCE_SECONDS = 20

type Json = dict[str, Any]
type Login = Literal["header", "frame", "query"]


class WebSocketClient:
    """One socket; `unread` holds frames that nobody has asked for yet."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.unread: deque[Json] = deque()

    async def send(self, frame: Any) -> None:
        """Text and bytes as they are, the rest as JSON."""
        if not isinstance(frame, (str, bytes)):
            frame = json.dumps(frame)
        await self.connection.send(frame)

    async def request(
        self, pkg_id: int, data: Json | None = None, req_id: str | None = None
    ) -> str:
        """Asks without waiting; returns the req_id."""
        req_id = req_id or str(uuid.uuid4())
        await self.send(
            {"pkg_id": pkg_id, "req_id": req_id, "data": data or {}}
        )
        return req_id

    async def next(self) -> Json:
        """The next frame, whatever it is."""
        if self.unread:
            return self.unread.popleft()
        return await self._read()

    async def reply(self, req_id: str) -> Json:
        """The next reply to that request; other frames are kept."""
        return await self._find("req_id", req_id)

    async def control(self, kind: str) -> Json:
        """The next control frame of that type; other frames are kept."""
        return await self._find("type", kind)

    async def ask(self, pkg_id: int, data: Json | None = None) -> Json:
        """Sends a request and returns its reply."""
        return await self.reply(await self.request(pkg_id, data))

    async def exchange(self, frame: Any) -> Json:
        """Sends any frame and returns what comes next."""
        await self.send(frame)
        return await self.next()

    async def log_in(self, token: str) -> Json:
        """Returns `auth_ok`."""
        await self.send({"type": "auth", "token": f"Bearer {token}"})
        return await self.control("auth_ok")

    async def settled(self) -> list[Json]:
        """All frames that came before the answer to a ping."""
        await self.send({"type": "ping"})
        found: list[Json] = []
        while (frame := await self.next()) != {"type": "pong"}:
            found.append(frame)
        return found

    async def collect(self) -> list[Json]:
        """All frames until the socket is closed."""
        frames: list[Json] = []
        try:
            while True:
                frames.append(await self.next())
        except ConnectionClosed:
            return frames

    async def closed(self) -> tuple[int | None, str | None]:
        """Close code and reason; drops what came before."""
        await self.collect()
        return self.connection.close_code, self.connection.close_reason

    async def _find(self, field: str, value: str) -> Json:
        for frame in self.unread:
            if frame.get(field) == value:
                self.unread.remove(frame)
                return frame
        # Around all of them: a notice now and then keeps nobody waiting.
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                frame = await self._read()
                if frame.get(field) == value:
                    return frame
                self.unread.append(frame)

    async def _read(self) -> Json:
        async with asyncio.timeout(PATIENCE_SECONDS):
            frame: Json = json.loads(await self.connection.recv())
            return frame


@asynccontextmanager
async def connect(
    url: str,
    token: str | None = None,
    *,
    how: Login = "header",
    headers: Mapping[str, str] | None = None,
    path: str = "/web",
) -> AsyncIterator[WebSocketClient]:
    """An open socket, logged in if there is a token."""
    sent = dict(headers or {})
    address = url.replace("http", "ws", 1) + path
    if token is not None and how == "header":
        sent["Authorization"] = f"Bearer {token}"
    elif token is not None and how == "query":
        address += f"?Authorization={quote(f'Bearer {token}')}"
    async with open_socket(
        address,
        additional_headers=sent,
        proxy=None,
        max_size=None,
        ping_interval=None,
    ) as connection:
        client = WebSocketClient(connection)
        if token is not None and how == "frame":
            await client.log_in(token)
        yield client
