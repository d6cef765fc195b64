"""The handshake: who is let in, and why others are not."""

import time
from collections.abc import Generator
from contextlib import suppress
from typing import Any, ClassVar

import structlog
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from {{cookiecutter.module_name}}.api.ws.codecs import JSON, Codec
from {{cookiecutter.module_name}}.api.ws.connection import Connection
from {{cookiecutter.module_name}}.api.ws.login_attempt import LoginAttempt
from {{cookiecutter.module_name}}.api.ws.origin import origin_allowed
from {{cookiecutter.module_name}}.api.ws.refusal import Refusal, refusal_of
from {{cookiecutter.module_name}}.api.ws.transport import ClientGoneError, Transport
from {{cookiecutter.module_name}}.auth import AuthenticatedUser, RejectedUser
from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.dependencies.context import app_context
from {{cookiecutter.module_name}}.exceptions import OverloadedError, ServiceError
from {{cookiecutter.module_name}}.middlewares.errors import problem
from {{cookiecutter.module_name}}.observability.logging import set_log_context
from {{cookiecutter.module_name}}.schemas.caller import Caller
from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode
from {{cookiecutter.module_name}}.schemas.user import UserModel

logger = structlog.get_logger(__name__)

# Who was not let in holds a place no longer.
_REFUSED_SECONDS = 1.0
_RETRY_AFTER_SECONDS = "5"


# Besides ours: gone away, no code, no close frame.
_COUNTED = frozenset((*map(int, CloseCode), 1001, 1005, 1006))


class PackageAuthWebSocketEndpoint:
    """Base of consumers: a login, then packages until one side closes.

    A consumer is a subclass with a `path` in a module of `consumers/`; it
    may override `on_connect` and `on_disconnect`.
    """

    path: ClassVar[str]

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self.websocket = WebSocket(scope, receive, send)
        self.app: AppContext = app_context(self.websocket)

    def __await__(self) -> Generator[Any]:
        return self._run().__await__()

    async def on_connect(self, connection: Connection) -> None:
        """Called once the socket is open, with or without a login."""

    async def on_disconnect(self, connection: Connection, code: int) -> None:
        """Called once the socket is closed."""

    async def _run(self) -> None:
        if self.app.connections.full:
            await self._deny()
            return
        transport = Transport(self._scope, self._receive, self._send)
        refusal = await self._refusal() or await self._converse(transport)
        if refusal is not None:
            await self._refuse(transport, refusal)
        await transport.ended()

    async def _refusal(self) -> Refusal | None:
        """Of the origin, the format or the token in the handshake."""
        origins = self.app.settings.ALLOWED_WS_ORIGINS
        if not origin_allowed(self.websocket.headers, origins):
            return Refusal(CloseCode.POLICY, "origin", "rejected_origin")
        caller = self._scope["user"]
        if isinstance(caller, RejectedUser):
            attempt = LoginAttempt(self.app.audit, self._caller())
            return refusal_of(await attempt.refused(caller.error))
        return None

    async def _converse(self, transport: Transport) -> Refusal | None:
        connection = Connection(
            self.app, transport, self._codec(), self._caller()
        )
        user = self._user()
        try:
            self.app.connections.add(connection, user)
        except OverloadedError as error:
            return refusal_of(error)
        try:
            if user is None:
                await transport.accept()
            else:
                await connection.admit(user)
        except ServiceError as error:
            return refusal_of(error)
        except ClientGoneError:
            return None
        else:
            code = await self._accompany(connection, transport)
        finally:
            connection.leave()
            self.app.connections.remove(connection)
        await self.on_disconnect(connection, code)
        return None

    async def _accompany(
        self, connection: Connection, transport: Transport
    ) -> int:
        self._count("accepted")
        started = time.perf_counter()
        set_log_context(endpoint=self.path)
        logger.info("Socket opened")
        code: int = CloseCode.INTERNAL
        try:
            await self.on_connect(connection)
            code = await connection.serve()
        except Exception:
            logger.exception("A socket failed unexpectedly")
            transport.end(CloseCode.INTERNAL, "internal")
        finally:
            self._count_close(code)
            seconds = time.perf_counter() - started
            logger.info(
                "Socket closed",
                code=code,
                user_id=connection.user.id if connection.user else None,
                duration_ms=round(seconds * 1000, 2),
            )
        return code

    async def _refuse(self, transport: Transport, refusal: Refusal) -> None:
        """Opens what it closes: a browser would see no code else."""
        self._count(refusal.status)
        transport.end(refusal.code, refusal.reason, _REFUSED_SECONDS)
        with suppress(ClientGoneError):
            await transport.accept()

    def _codec(self) -> Codec:
        return JSON

    def _user(self) -> UserModel | None:
        caller = self._scope["user"]
        return caller.user if isinstance(caller, AuthenticatedUser) else None

    def _caller(self) -> Caller:
        client = self._scope.get("client")
        return Caller(
            address=client[0] if client else "",
            user_agent=self.websocket.headers.get("user-agent"),
            path=self.path,
            request_id=self.websocket.state.request_id,
        )

    def _count(self, status: str) -> None:
        self.app.metrics.websocket.connections.labels(status).inc()

    def _count_close(self, code: int) -> None:
        """Codes that a client makes up would be labels without end."""
        label = str(int(code)) if code in _COUNTED else "other"
        self.app.metrics.websocket.connections_closed.labels(label).inc()

    async def _deny(self) -> None:
        """Before the handshake, so that a load balancer tries elsewhere."""
        self._count("rejected_limit")
        response = problem(
            self.websocket,
            status=503,
            title="Overloaded",
            code="overloaded",
            detail="This server takes no more sockets now.",
            headers={"Retry-After": _RETRY_AFTER_SECONDS},
        )
        await self.websocket.send_denial_response(response)
