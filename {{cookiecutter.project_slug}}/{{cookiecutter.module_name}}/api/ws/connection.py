"""One socket: what its client asks, what it is told, how it ends."""

import asyncio
from itertools import count
from typing import Any

import structlog

from {{cookiecutter.module_name}}.api.ws.admission import Admission
from {{cookiecutter.module_name}}.api.ws.codecs import (
    Codec,
    UnreadableFrameError,
    UnsupportedFrameError,
)
from {{cookiecutter.module_name}}.api.ws.control import AUTH, is_control, obey
from {{cookiecutter.module_name}}.api.ws.farewell import Farewell, closing
from {{cookiecutter.module_name}}.api.ws.login_attempt import LoginAttempt
from {{cookiecutter.module_name}}.api.ws.outbox import Outbox, OutboxFullError
from {{cookiecutter.module_name}}.api.ws.quota import Quota
from {{cookiecutter.module_name}}.api.ws.refusal import Refusal, refusal_of
from {{cookiecutter.module_name}}.api.ws.replies import Message, rejection
from {{cookiecutter.module_name}}.api.ws.requests import PackageRequests
from {{cookiecutter.module_name}}.api.ws.session import Session
from {{cookiecutter.module_name}}.api.ws.transport import ClientGoneError, Transport
from {{cookiecutter.module_name}}.api.ws.writer import Writer
from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    ServiceError,
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
    ) -> None:
        settings = app.settings
        self.address = caller.address
        self._app = app
        self._caller = caller
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
            expiring=self._warn,
            expired=lambda: self.refuse(
                CloseCode.UNAUTHORIZED, "token_expired"
            ),
            missing=lambda: self.refuse(CloseCode.LOGIN_TIMEOUT, "no_login"),
        )
        self._admission = Admission(app)
        self._quota = Quota(app.message_limiter, caller.address)
        self._farewell = Farewell(
            self._requests, self._writer, transport, settings.WS_CLOSE_TIMEOUT
        )

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

    async def log_in(self, token: str) -> UserModel:
        """Raises ServiceError when it is refused."""
        async with self._attempt() as attempt:
            user = await self._admission.verify(token)
            await self._admit(user, attempt)
        return user

    async def admit(self, user: UserModel) -> None:
        """To be called with the user of the handshake, to accept it.

        Raises ServiceError or ClientGoneError. Nothing is served on behalf
        of the user before it returns.
        """
        async with self._attempt() as attempt:
            await self._admit(user, attempt)

    def turn_away(self, refusal: Refusal) -> None:
        """Closes; counts who had not come in."""
        if self.user is None and not self._farewell.begun:
            self._metrics.connections.labels(refusal.status).inc()
        self.refuse(refusal.code, refusal.reason)

    def leave(self) -> None:
        """Gives back what the login holds; once is enough."""
        self._session.end()
        self._admission.leave()

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

    def refuse(
        self, code: int, reason: str, patience: float | None = None
    ) -> None:
        """Begins to close; requests in flight get WS_CLOSE_TIMEOUT."""
        if patience is None:
            patience = self._settings.WS_CLOSE_TIMEOUT
        self._farewell.begin(code, reason, patience)

    async def close(
        self, code: int, reason: str = "", patience: float | None = None
    ) -> None:
        """Returns when it is closed.

        Requests in flight get `patience` seconds, or as long as they may
        take; then they are cancelled.
        """
        self._farewell.begin(code, reason, patience)
        await self._farewell.ended()

    def _attempt(self) -> LoginAttempt:
        return LoginAttempt(self._app.audit, self._caller)

    async def _admit(self, user: UserModel, attempt: LoginAttempt) -> None:
        attempt.user = user
        self._session.require_same(user)
        sockets = self._app.connections
        sockets.enter(self, user)
        try:
            await self._admission.ask(user)
            await attempt.succeeded()
            # Nothing waits from here to the login: what is sent to all
            # reaches whoever sees the socket open.
            await self._transport.accept()
            if self._farewell.begun:
                await self._farewell.ended()
                raise closing()
            self._session.log_in(user)
            self._quota.log_in(user.id)
            sockets.log_in(self)
        finally:
            sockets.entered(self)

    async def _take(self, received: str | bytes) -> None:
        if self._must_log_in and self._farewell.begun:
            return
        excess = await self._excess()
        message: Any = None
        try:
            message = self._codec.decode(received)
            if excess is not None:
                raise excess
            await self._serve(message)
        except UnsupportedFrameError as error:
            self.refuse(CloseCode.UNSUPPORTED_FRAME, str(error))
        except UnreadableFrameError as error:
            self._reject(None, excess or ValidationFailedError(str(error)))
        except ServiceError as error:
            # The req_id of a control frame is that of another message.
            self._reject(None if is_control(message) else message, error)
        if excess is not None and self._quota.abused:
            self.refuse(CloseCode.MESSAGE_RATE, "rate_limited")

    async def _excess(self) -> ServiceError | None:
        """Why the message is one too many, if it is."""
        # Without a login a socket has one frame, which decides. An office
        # that comes back after a deployment would share a user's limit.
        if self._must_log_in:
            return None
        return None if self._quota.spend() else await self._quota.ask()

    async def _serve(self, message: Any) -> None:
        control = is_control(message)
        knocks = control and message["type"] == AUTH
        if self.user is None and not (self._anonymous or knocks):
            raise AuthenticationError(
                "not_authenticated", "Log in before anything else."
            )
        if control:
            await obey(self, message)
        elif self._farewell.begun:
            raise closing()
        else:
            await self._requests.take(message, self.user)

    def _reject(self, message: Any, error: ServiceError) -> None:
        tolerated = self._anonymous and error.status != 401
        if self.user is not None or tolerated:
            self.push(rejection(error, message))
        else:
            self.turn_away(refusal_of(error))

    @property
    def _must_log_in(self) -> bool:
        return self.user is None and not self._anonymous

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

    def _warn(self) -> None:
        if self.user is not None:
            self.push(
                {
                    "type": "auth_expiring",
                    "expires_at": self.user.expires_at,
                }
            )

    async def _finish(self) -> None:
        self.leave()
        self._requests.abandon()
        self._writer.drop()
        self._farewell.cancel()
        await self._writer.ended()
        await self._requests.ended()
