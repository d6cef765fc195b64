"""uvicorn's WebSocket, bounded where a hostile client could make it grow.

The application finds it among the extensions of its scope, and with it what
ASGI lacks: to send without waiting, and to close a client that does not read.
"""

import logging
from asyncio import Handle
from typing import Any, Final, cast, override

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import (
    WebSocketsSansIOProtocol,
)
from websockets.frames import Frame
from websockets.http11 import Request

from {{cookiecutter.module_name}}.api.ws.transport import (
    LAST_READ_SECONDS,
    WIRE,
)
from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode

LOGGER: Final = "websockets.server"
# A message of six bytes takes hundreds in memory once it is unpacked, and
# some ten microseconds; one read of the socket brings up to 256 KiB.
SLICE_BYTES: Final = 1024
# Fragments may be empty, so a bound on bytes does not bound them.
MAX_FRAGMENTS: Final = 1024
# Pings and pongs of a client pause no reading, so they have a limit of their
# own: ten in a second.
MAX_CONTROL_FRAMES: Final = 600
CONTROL_SECONDS: Final = 60.0


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One socket."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # The library's own log would hold frames and headers, tokens among
        # them, as soon as the level is DEBUG.
        self.logger = self.conn.logger = logging.getLogger(LOGGER)
        self.conn.debug = False
        self._held = bytearray()
        self._next_slice: Handle | None = None
        self._control_frames = 0
        self._control_since = 0.0

    @override
    def data_received(self, data: bytes) -> None:
        """Unpacks a slice at a time, and none while a message waits."""
        if self._held or len(data) > SLICE_BYTES:
            self._held += data
            self._unpack_slice()
        else:
            self._unpack(data)

    @override
    async def receive(self) -> ASGIReceiveEvent:
        message = await super().receive()
        if self._held:
            self._unpack_slice()
        return message

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._held.clear()
        super().connection_lost(exc)

    @override
    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:
            extensions = cast("dict[str, Any]", self.scope["extensions"])
            extensions[WIRE] = self

    @override
    def handle_ping(self) -> None:
        """Answers none while the client does not read: RFC 6455, 5.5.3."""
        self._count_control_frame()
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    @override
    def handle_pong(self, event: Frame) -> None:
        self._count_control_frame()
        super().handle_pong(event)

    @override
    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) < MAX_FRAGMENTS:
            super().handle_cont(event)
            return
        self.frames = []
        self._fail(CloseCode.TOO_BIG, "too many fragments")

    def write(self, wire: bytes) -> None:
        """Sends a frame; drops it once the socket is closed."""
        if not (self.disconnected or self.close_sent):
            self.transport.write(wire)

    @override
    def send_receive_event_to_app(self) -> None:
        """What is no UTF-8 is the client's fault, not an error of ours."""
        if self.curr_msg_data_type != "text" or self.close_sent:
            super().send_receive_event_to_app()
            return
        data = b"".join(self.frames)
        self.frames = []
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self._fail(CloseCode.INVALID_TEXT, "not UTF-8")
            return
        self.queue.put_nowait({"type": "websocket.receive", "text": text})
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def end(self, code: int, reason: str, last_read: float) -> None:
        """Closes behind what was written; cuts off a client that is deaf."""
        if self.disconnected or self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait(
            {"type": "websocket.disconnect", "code": code, "reason": reason}
        )
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self._unpack_later()
        self._abort_later(last_read)

    @override
    def keepalive_timeout(self) -> None:
        """The pong may stand behind what is not read yet.

        Not so for a client that does not read: it holds itself up.
        """
        if (self.read_paused or self._held) and self.writable.is_set():
            self.pong_timer = self.loop.call_later(
                self.ping_timeout or 0, self.keepalive_timeout
            )
            return
        if not (self.close_sent or self.transport.is_closing()):
            self.queue.put_nowait(
                {
                    "type": "websocket.disconnect",
                    "code": CloseCode.INTERNAL,
                    "reason": "no pong",
                }
            )
        super().keepalive_timeout()
        self._abort_later()

    @override
    def shutdown(self) -> None:
        """Uvicorn's raises for a socket that its client is closing."""
        if not self.transport.is_closing():
            super().shutdown()
            self._abort_later()

    @override
    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        self._abort_later()

    @override
    def handle_parser_exception(self) -> None:
        """Before the handshake is answered there is no way to say why."""
        if self.conn.close_sent is None:
            self.transport.abort()
            return
        super().handle_parser_exception()
        self._abort_later()

    def _count_control_frame(self) -> None:
        now = self.loop.time()
        if now - self._control_since >= CONTROL_SECONDS:
            self._control_since = now
            self._control_frames = 0
        self._control_frames += 1
        # Told once, though what was unpacked with it still comes.
        if self._control_frames != MAX_CONTROL_FRAMES + 1:
            return
        if self.close_sent:
            self.transport.abort()
        else:
            self._fail(CloseCode.MESSAGE_RATE, "control frames")

    def _fail(self, code: CloseCode, reason: str) -> None:
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()

    def _unpack_slice(self) -> None:
        if self.transport.is_closing():
            self._held.clear()
        elif self._held and not self.read_paused:
            piece = bytes(self._held[:SLICE_BYTES])
            del self._held[:SLICE_BYTES]
            self._unpack(piece)
        self._unpack_later()

    def _unpack_later(self) -> None:
        """Others get their turn before the next slice.

        Meanwhile nothing more is read, or what is held would grow.
        """
        if self.read_paused or self.transport.is_closing():
            return
        if not self._held:
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()
            if self._next_slice is None:
                self._next_slice = self.loop.call_soon(self._unpack_next)

    def _unpack_next(self) -> None:
        self._next_slice = None
        self._unpack_slice()

    def _unpack(self, data: bytes) -> None:
        super().data_received(data)
        # What could not be read as a handshake: uvicorn does not end it.
        unreadable = self.conn.handshake_exc is not None
        if unreadable and not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    def _abort_later(self, seconds: float = LAST_READ_SECONDS) -> None:
        """A client that does not read would hold a closing socket for ever."""
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(seconds, self.transport.abort)
