"""Packages over WebSocket, a fixed number in flight on each socket."""

import asyncio
import time
import uuid
from dataclasses import dataclass
from functools import partial
from typing import override

import orjson

from benchmarks.load.base import Target
from benchmarks.load.client_socket import ClientSocket, frame, open_sockets
from benchmarks.measurement import Measurement

_BEFORE_ID = b'"req_id":"'
_ID_LENGTH = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRequests:
    """`pkg_id` without data; a reply without `success` in it is a failure.

    Replies are told by their `req_id`, so a server that echoes will do.
    """

    pkg_id: int
    success: str = '"status_code":0'
    path: str = "/web"

    async def measure(self, target: Target) -> Measurement:
        """See `Load`; the logins are not timed."""
        sockets = await open_sockets(
            target,
            self.path,
            target.connections,
            partial(PackageSocket, self.pkg_id, self.success.encode()),
        )
        started = time.perf_counter()
        for socket in sockets:
            socket.start(target.in_flight)
        ends = [socket.lost for socket in sockets]
        await asyncio.wait(
            ends, timeout=target.seconds, return_when=asyncio.FIRST_COMPLETED
        )
        elapsed = time.perf_counter() - started
        broken = sum(end.done() for end in ends)
        for socket in sockets:
            socket.stop()
        return Measurement.of_times(
            (t for socket in sockets for t in socket.times),
            elapsed,
            broken + sum(socket.failed for socket in sockets),
        )


class PackageSocket(ClientSocket):
    """Sends a request again when its reply is there."""

    def __init__(self, pkg_id: int, success: bytes) -> None:
        super().__init__()
        self.times: list[float] = []
        self.failed = 0
        self._pkg_id = pkg_id
        self._success = success
        self._frames: dict[bytes, bytes] = {}
        self._sent: dict[bytes, float] = {}

    def start(self, in_flight: int) -> None:
        """Sends the first requests."""
        for _ in range(in_flight):
            req_id = str(uuid.uuid4())
            request = {"pkg_id": self._pkg_id, "req_id": req_id, "data": {}}
            key = req_id.encode()
            self._frames[key] = frame(orjson.dumps(request))
            self._ask(key)

    @override
    def received(self, text: bytes) -> None:
        start = text.find(_BEFORE_ID) + len(_BEFORE_ID)
        req_id = text[start : start + _ID_LENGTH]
        sent = self._sent.get(req_id)
        if sent is None:
            self.failed += 1
            return
        self.times.append(time.perf_counter() - sent)
        self.failed += self._success not in text
        self._ask(req_id)

    def _ask(self, req_id: bytes) -> None:
        self._sent[req_id] = time.perf_counter()
        self.send(self._frames[req_id])
