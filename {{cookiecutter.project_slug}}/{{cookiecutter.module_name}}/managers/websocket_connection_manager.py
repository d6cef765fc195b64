"""The sockets of this worker, and the way to those of all."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, cast

from {{cookiecutter.module_name}}.exceptions import OverloadedError
from {{cookiecutter.module_name}}.managers.drain import drain
from {{cookiecutter.module_name}}.managers.socket import Socket
from {{cookiecutter.module_name}}.observability.metrics import Metrics
from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.schemas.frame import EncodedMessage
from {{cookiecutter.module_name}}.schemas.socket_command import (
    SOCKETS_CHANNEL,
    SocketCommand,
)
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.settings import Settings

# Between two batches of a long delivery other work gets its turn.
_BATCH = 200
_WATCH_SECONDS = 1.0


class ConnectionManager:
    """Tracks sockets; a user may have many.

    `broadcast`, `send_to_user` and `disconnect` reach the sockets of every
    worker, through the bus. The rest is about this worker's.
    """

    def __init__(self, settings: Settings, metrics: Metrics, bus: Bus) -> None:
        self.draining = False
        self.broadcast = bus.broadcast
        self.send_to_user = bus.send_to_user
        self.disconnect = bus.disconnect
        self._bus = bus
        self._metrics = metrics.websocket
        self._limit = settings.WS_MAX_CONNECTIONS
        self._pending_limit = settings.WS_MAX_PENDING
        self._address_limit = settings.WS_MAX_PENDING_PER_ADDRESS
        self._open: dict[Socket, None] = {}
        self._sockets: dict[Socket, None] = {}
        self._entering: dict[Socket, UserModel] = {}
        self._pending: dict[Socket, None] = {}
        self._pending_by_address: Counter[str] = Counter()
        self._by_user: dict[str, dict[Socket, None]] = defaultdict(dict)
        self._unsubscribe: Callable[[], Awaitable[None]] | None = None

    def __len__(self) -> int:
        """All sockets, logged in or not."""
        return len(self._open)

    @property
    def full(self) -> bool:
        """Whether newcomers should try elsewhere."""
        return self.draining or len(self) >= self._limit

    def add(self, socket: Socket, user: UserModel | None = None) -> None:
        """`user` is who brought a token along, to be let in yet.

        Raises OverloadedError when too many have not logged in, and for one
        that came just before the drain began.
        """
        if self.draining:
            raise OverloadedError("This server takes no more sockets.")
        if user is not None:
            self.enter(socket, user)
        else:
            self._refuse_crowd(socket.address)
            self._pending[socket] = None
            self._pending_by_address[socket.address] += 1
        self._open[socket] = None
        self._metrics.connections_active.inc()

    def enter(self, socket: Socket, user: UserModel) -> None:
        """Somebody is being checked: until then `refuse` meets both users.

        Without it a logout would miss who is looked up just before it.
        """
        self._entering[socket] = user

    def entered(self, socket: Socket) -> None:
        """The check has ended, one way or the other."""
        self._entering.pop(socket, None)

    def log_in(self, socket: Socket) -> None:
        """To be called once the socket has its user."""
        if socket.user is None:
            raise ValueError("The socket has no user.")
        self._forget_pending(socket)
        self._sockets[socket] = None
        self._by_user[socket.user.id][socket] = None

    def remove(self, socket: Socket) -> None:
        """To be called once, at the end of a socket that was added."""
        self._forget_pending(socket)
        self.entered(socket)
        self._open.pop(socket, None)
        self._sockets.pop(socket, None)
        if socket.user is not None:
            mine = self._by_user[socket.user.id]
            mine.pop(socket, None)
            if not mine:
                del self._by_user[socket.user.id]
        self._metrics.connections_active.dec()

    def users(self) -> Iterator[UserModel]:
        """Of all sockets of this worker, one each, logged in or about to."""
        for _, user in self._socket_users():
            yield user

    def refuse(
        self, code: int, reason: str, chosen: Callable[[UserModel], bool]
    ) -> int:
        """Closes the sockets of this worker whose user is chosen.

        What they still do is cancelled. Returns how many.
        """
        found = {s for s, user in self._socket_users() if chosen(user)}
        for socket in found:
            socket.refuse(code, reason, 0)
        return len(found)

    async def listen(self) -> None:
        """Begins to obey what comes by the bus."""
        self._unsubscribe = await self._bus.subscribe(
            SOCKETS_CHANNEL, self._obey
        )

    async def close(self) -> None:
        """Ends the subscription."""
        if self._unsubscribe is not None:
            await self._unsubscribe()

    async def drain(
        self, spread: float, patience: float | None = None
    ) -> None:
        """Announces the end, and closes all sockets within `spread` s.

        Requests in flight are answered first; `patience` s from now they are
        cancelled. Newcomers are refused from now on.
        """
        self.draining = True
        await drain([*self._open], spread, patience)

    async def watch(self) -> None:
        """Keeps the gauges that would cost too much at every message."""
        while True:
            depths = [socket.queued for socket in self._sockets]
            self._metrics.outbox_depth.set(sum(depths))
            self._metrics.outbox_depth_max.set(max(depths, default=0))
            await asyncio.sleep(_WATCH_SECONDS)

    async def _obey(self, message: Any) -> None:
        command = cast("SocketCommand", message)
        sockets = self._targets(command)
        if command["action"] == "send":
            await _deliver(EncodedMessage(command["data"]), sockets)
        else:
            for socket in sockets:
                socket.refuse(command["code"], "disconnected", 0)

    def _targets(self, command: SocketCommand) -> list[Socket]:
        if "user_id" in command:
            return list(self._by_user.get(command["user_id"], ()))
        if "session_id" in command:
            wanted = command["session_id"]
            return [
                socket
                for socket in self._sockets
                if socket.user and socket.user.session_id == wanted
            ]
        return list(self._sockets)

    def _socket_users(self) -> Iterator[tuple[Socket, UserModel]]:
        yield from tuple(self._entering.items())
        for socket in tuple(self._sockets):
            if socket.user is not None:
                yield socket, socket.user

    def _refuse_crowd(self, address: str) -> None:
        if (
            len(self._pending) >= self._pending_limit
            or self._pending_by_address[address] >= self._address_limit
        ):
            raise OverloadedError("Too many sockets have not logged in yet.")

    def _forget_pending(self, socket: Socket) -> None:
        if socket in self._pending:
            del self._pending[socket]
            self._pending_by_address[socket.address] -= 1
            self._pending_by_address += Counter()


async def _deliver(message: EncodedMessage, sockets: Iterable[Socket]) -> None:
    for number, socket in enumerate(sockets, 1):
        socket.send(message)
        if number % _BATCH == 0:
            await asyncio.sleep(0)
