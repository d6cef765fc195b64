"""One socket: what its client asks, what it is told, how it ends."""

import asyncio
from itertools import count
from typing import Any

import structlog

from {{cookiecutter.module_name}}.api.ws.codecs import (
    Codec,
    UnreadableFrameError,
    UnsupportedFrameError,
)
from {{cookiecutter.module_name}}.api.ws.control import AUTH, is_control, obey
from {{cookiecutter.module_name}}.api.ws.outbox import Outbox, OutboxFullError
from {{cookiecutter.module_name}}.api.ws.replies import Message, rejection
from {{cookiecutter.module_name}}.api.ws.requests import PackageRequests
from {{cookiecutter.module_name}}.api.ws.session import Session
from {{cookiecutter.module_name}}.api.ws.transport import ClientGoneError, Transport
from {{cookiecutter.module_name}}.api.ws.writer import Writer
from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    RequestCancelledError,
    ServiceError,
    UnavailableError,
    ValidationFailedError,
)
from {{cookiecutter.module_name}}.schemas.caller import Caller
from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode
from {{cookiecutter.module_name}}.schemas.frame import EncodedMessage, Frame
from {{cookiecutter.module_name}}.schemas.user import UserModel

logger = structlog.get_logger(__name__)

# What came in one piece is read without waiting: after so many messages the
# others get their turn.
_TURN = 16


class Connection:
    """Serves one client until one of both closes.

    It reads; the writer alone waits for the client; requests run beside.
    """

    def __init__(
        self,
        app: AppContext,
        transport: Transport,
        codec: Codec,
        caller: Caller,
        user: UserModel | None,
    ) -> None:
        settings = app.settings
        self.address = caller.address
        self._app = app
        self._settings = settings
        self._transport = transport
        self._codec = codec
        self._metrics = app.metrics.websocket
        self._writer = Writer(
            Outbox(
                settings.WS_OUTBOX_MAX_MESSAGES, settings.WS_OUTBOX_MAX_BYTES
            ),
            transport,
            self._metrics,
            gone=self._abandon,
        )
        self._requests = PackageRequests(
            app, codec, caller, self._writer.put_when_room
        )
        self._session = Session(
            settings,
            user,
            expiring=self._warn,
            expired=lambda: self.refuse(
                CloseCode.UNAUTHORIZED, "token_expired"
            ),
            missing=lambda: self.refuse(CloseCode.LOGIN_TIMEOUT, "no_login"),
        )
        self._closer: asyncio.Task[None] | None = None

    @property
    def user(self) -> UserModel | None:
        """None before the login."""
        return self._session.user

    @property
    def queued(self) -> int:
        """Messages that wait to be sent."""
        return len(self._writer)

    async def serve(self) -> int:
        """Returns the close code when the client is gone."""
        self._writer.start()
        self._session.start()
        try:
            for number in count(1):
                received = await self._transport.receive()
                self._metrics.messages_received.inc()
                await self._take(received)
                if number % _TURN == 0:
                    await asyncio.sleep(0)
        except ClientGoneError as gone:
            return gone.code
        finally:
            await self._finish()
        raise AssertionError("a socket is read until its client is gone")

    async def verify(self, token: str) -> UserModel:
        """Raises AuthenticationError or UnavailableError."""
        validations = self._app.metrics.token_validations
        try:
            user = await self._app.tokens.verify(token)
        except ServiceError as error:
            validations.labels(error.code).inc()
            raise
        validations.labels("valid").inc()
        return user

    def log_in(self, user: UserModel) -> None:
        """Raises AuthenticationError for another user than before."""
        if self._closer is not None:
            raise AuthenticationError(
                "not_authenticated", "This connection is being closed."
            )
        newcomer = self.user is None
        self._session.log_in(user)
        if newcomer:
            self._app.connections.log_in(self)

    def push(self, message: Message) -> None:
        """Queues a message to this client alone."""
        self._queue(self._codec.encode(message))

    def send(self, message: EncodedMessage) -> None:
        """Queues a message that others get too."""
        self._queue(message.frame(self._codec.name, self._codec.encode))

    def cancel(self, req_id: str) -> None:
        """Takes a request back."""
        self._requests.cancel(req_id)

    def announce_drain(self, retry_after: float) -> None:
        """Tells the client to reconnect elsewhere after so many seconds."""
        self.push({"type": "drain", "retry_after": retry_after})

    def refuse(self, code: int, reason: str) -> None:
        """Begins to close."""
        self._begin_to_close(code, reason, self._settings.WS_CLOSE_TIMEOUT)

    async def close(
        self, code: int, reason: str = "", patience: float | None = None
    ) -> None:
        """Returns when it is closed.

        Requests in flight get `patience` seconds, or as long as they may
        take; then they are cancelled.
        """
        await asyncio.wait({self._begin_to_close(code, reason, patience)})

    async def _take(self, received: str | bytes) -> None:
        message: Any = None
        try:
            message = self._codec.decode(received)
            await self._serve(message)
        except UnsupportedFrameError as error:
            self.refuse(CloseCode.UNSUPPORTED_FRAME, str(error))
        except UnreadableFrameError as error:
            self._reject(message, ValidationFailedError(str(error)))
        except ServiceError as error:
            self._reject(message, error)

    async def _serve(self, message: Any) -> None:
        control = is_control(message)
        knocks = control and message["type"] == AUTH
        if self.user is None and not (self._anonymous or knocks):
            raise AuthenticationError(
                "not_authenticated", "Log in before anything else."
            )
        if control:
            await obey(self, message)
        elif self._closer is not None:
            raise UnavailableError("This connection is being closed.")
        else:
            await self._requests.take(message, self.user)

    def _reject(self, message: Any, error: ServiceError) -> None:
        tolerated = self._anonymous and error.status != 401
        if self.user is None and not tolerated:
            self.refuse(CloseCode.UNAUTHORIZED, "not_authenticated")
        else:
            self.push(rejection(error, message))

    @property
    def _anonymous(self) -> bool:
        return self._settings.WS_ALLOW_ANONYMOUS

    def _queue(self, frame: Frame) -> None:
        try:
            self._writer.put(frame)
        except OutboxFullError:
            self._cut_off()

    def _cut_off(self) -> None:
        """The client does not read: what waits for it is dropped."""
        self._metrics.slow_closes.inc()
        logger.warning("A slow client is cut off", queued=self.queued)
        self._writer.drop()
        self._requests.abandon()
        self._transport.end(CloseCode.SLOW_CONSUMER, "slow_consumer")

    def _abandon(self) -> None:
        self._requests.abandon()

    def _begin_to_close(
        self, code: int, reason: str, patience: float | None
    ) -> asyncio.Task[None]:
        if self._closer is None:
            self._closer = asyncio.create_task(
                self._close(code, reason, patience)
            )
        return self._closer

    async def _close(
        self, code: int, reason: str, patience: float | None
    ) -> None:
        timeout = self._settings.WS_CLOSE_TIMEOUT
        if not await self._requests.answered(patience):
            self._requests.stop(
                RequestCancelledError("The server closes this connection.")
            )
            await self._requests.answered(timeout)
        await self._writer.flush(timeout)
        # The reader may wait for a reply that never goes out.
        self._requests.abandon()
        self._transport.end(code, reason)

    def _warn(self) -> None:
        if self.user is not None:
            self.push(
                {
                    "type": "auth_expiring",
                    "expires_at": self.user.expires_at,
                }
            )

    async def _finish(self) -> None:
        self._session.end()
        self._requests.abandon()
        self._writer.drop()
        if self._closer is not None:
            self._closer.cancel()
        await self._writer.ended()
        await self._requests.ended()
