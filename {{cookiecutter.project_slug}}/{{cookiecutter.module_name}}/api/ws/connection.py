"""One socket: a reader, a writer, and what lies between them."""

import asyncio
from typing import Any

import structlog

from {{cookiecutter.module_name}}.api.ws.close_codes import CloseCode
from {{cookiecutter.module_name}}.api.ws.codecs import (
    Codec,
    UnreadableFrameError,
    UnsupportedFrameError,
)
from {{cookiecutter.module_name}}.api.ws.control import AUTH, is_control, obey
from {{cookiecutter.module_name}}.api.ws.outbox import Outbox, OutboxFullError
from {{cookiecutter.module_name}}.api.ws.replies import Message, error_message
from {{cookiecutter.module_name}}.api.ws.requests import PackageRequests
from {{cookiecutter.module_name}}.api.ws.session import Session
from {{cookiecutter.module_name}}.api.ws.transport import ClientGoneError, Transport
from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    RequestCancelledError,
    ServiceError,
    UnavailableError,
    ValidationFailedError,
)
from {{cookiecutter.module_name}}.schemas.encoded_message import EncodedMessage, Frame
from {{cookiecutter.module_name}}.schemas.user import UserModel

logger = structlog.get_logger(__name__)

# Of a req_id that is sent back though it is none.
_ECHO_LENGTH = 64


class Connection:
    """Serves one client until one of both closes.

    Whatever is sent goes through the outbox; only the writer waits for the
    client.
    """

    def __init__(
        self,
        app: AppContext,
        transport: Transport,
        codec: Codec,
        address: str,
        user: UserModel | None,
    ) -> None:
        settings = app.settings
        self.address = address
        self._app = app
        self._transport = transport
        self._codec = codec
        self._metrics = app.metrics.websocket
        self._outbox = Outbox(
            settings.WS_OUTBOX_MAX_MESSAGES, settings.WS_OUTBOX_MAX_BYTES
        )
        self._requests = PackageRequests(
            app, codec, self._outbox.put_when_room
        )
        self._session = Session(
            settings, expiring=self._warn, expired=self._expire
        )
        if user is not None:
            self._session.log_in(user)
        self._anonymous = settings.WS_ALLOW_ANONYMOUS
        self._writer: asyncio.Task[None] | None = None
        self._closer: asyncio.Task[None] | None = None

    @property
    def user(self) -> UserModel | None:
        """None before the login."""
        return self._session.user

    @property
    def queued(self) -> int:
        """Messages that wait to be sent."""
        return len(self._outbox)

    async def serve(self) -> int:
        """Returns the close code when the client is gone."""
        self._writer = asyncio.create_task(self._write())
        login = self._expect_login()
        try:
            while True:
                frame = await self._transport.receive()
                self._metrics.messages_received.inc()
                await self._take(frame)
        except ClientGoneError as gone:
            return gone.code
        finally:
            login.cancel()
            await self._finish()

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
        if self._closer is None:
            patience = self._app.settings.WS_CLOSE_TIMEOUT
            self._closer = asyncio.create_task(
                self._close(code, reason, patience)
            )

    async def close(
        self, code: int, reason: str = "", patience: float | None = None
    ) -> None:
        """Returns when it is closed.

        Requests in flight get `patience` seconds, or as long as they may
        take; then they are cancelled.
        """
        if self._closer is None:
            self._closer = asyncio.create_task(
                self._close(code, reason, patience)
            )
        await asyncio.wait({self._closer})

    def forget(self) -> None:
        """For a connection that never serves."""
        self._session.end()

    async def _write(self) -> None:
        while (item := await self._outbox.get()) is not None:
            frame, sent = item
            try:
                await self._transport.send(frame)
            except OSError:
                # Gone; the reader learns it from the server, unless it
                # waits for replies that nobody takes any more.
                self._requests.abandon()
                return
            self._metrics.messages_sent.inc()
            if sent is not None:
                sent()

    async def _take(self, frame: Frame) -> None:
        message: Any = None
        try:
            message = self._codec.decode(frame)
            await self._serve(message)
        except UnsupportedFrameError as error:
            self.refuse(CloseCode.UNSUPPORTED_FRAME, str(error))
        except UnreadableFrameError as error:
            self._reject(None, ValidationFailedError(str(error)))
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
        if self.user is None and (
            not self._anonymous or isinstance(error, AuthenticationError)
        ):
            self.refuse(CloseCode.UNAUTHORIZED, "not_authenticated")
        else:
            self.push(error_message(error, *_ids(message)))

    def _queue(self, frame: Frame) -> None:
        try:
            self._outbox.put(frame)
        except OutboxFullError:
            self._cut_off()

    def _cut_off(self) -> None:
        """The client does not read: what waits for it is dropped."""
        self._metrics.slow_closes.inc()
        logger.warning("A slow client is cut off", queued=self.queued)
        self._abort(CloseCode.SLOW_CONSUMER, "slow_consumer")

    def _abort(self, code: CloseCode, reason: str) -> None:
        self._outbox.close()
        self._outbox.clear()
        self._requests.abandon()
        if self._writer is not None:
            self._writer.cancel()
        self._transport.end(code, reason)

    async def _close(
        self, code: int, reason: str, patience: float | None
    ) -> None:
        timeout = self._app.settings.WS_CLOSE_TIMEOUT
        if not await self._answered(patience):
            self._requests.stop(
                RequestCancelledError("The server closes this connection.")
            )
            await self._answered(timeout)
        self._outbox.close()
        if self._writer is not None:
            await asyncio.wait({self._writer}, timeout=timeout)
        # The reader may wait for a reply that never goes out.
        self._requests.abandon()
        self._transport.end(code, reason)

    async def _answered(self, patience: float | None) -> bool:
        """Whether all requests were within so many seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._requests.empty()
        except TimeoutError:
            return False
        return True

    def _expect_login(self) -> asyncio.TimerHandle:
        def check() -> None:
            if self.user is None and not self._anonymous:
                self.refuse(CloseCode.LOGIN_TIMEOUT, "no_login")

        timeout = self._app.settings.WS_AUTH_TIMEOUT
        return asyncio.get_running_loop().call_later(timeout, check)

    def _warn(self) -> None:
        if self.user is not None:
            self.push(
                {
                    "type": "auth_expiring",
                    "expires_at": self.user.expires_at,
                }
            )

    def _expire(self) -> None:
        self.refuse(CloseCode.UNAUTHORIZED, "token_expired")

    async def _finish(self) -> None:
        self._session.end()
        self._outbox.close()
        self._requests.abandon()
        tasks = [t for t in (self._writer, self._closer) if t is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._requests.ended()


def _ids(message: Any) -> tuple[int | None, str | None]:
    """Of a request that is none, as far as they can be read."""
    if not isinstance(message, dict):
        return None, None
    pkg_id, req_id = message.get("pkg_id"), message.get("req_id")
    return (
        pkg_id if type(pkg_id) is int else None,
        req_id
        if isinstance(req_id, str) and len(req_id) <= _ECHO_LENGTH
        else None,
    )
