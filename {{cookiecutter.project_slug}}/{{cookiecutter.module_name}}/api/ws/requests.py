"""The package requests of one socket, from frame to reply."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from pydantic import ValidationError

from {{cookiecutter.module_name}}.api.ws.codecs import Codec
from {{cookiecutter.module_name}}.api.ws.dispatch import Dispatcher
from {{cookiecutter.module_name}}.api.ws.exchange import Exchange
from {{cookiecutter.module_name}}.api.ws.in_flight import InFlight
from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    ConflictError,
    ServiceError,
    ValidationFailedError,
)
from {{cookiecutter.module_name}}.roles import PUBLIC
from {{cookiecutter.module_name}}.routing.data_schema import model_refusal
from {{cookiecutter.module_name}}.schemas.caller import Caller
from {{cookiecutter.module_name}}.schemas.frame import Frame
from {{cookiecutter.module_name}}.schemas.request import (
    REQ_ID_PATTERN,
    PackageEnvelope,
    RequestModel,
)
from {{cookiecutter.module_name}}.schemas.user import UserModel

_REQ_ID = re.compile(REQ_ID_PATTERN)

type Queue = Callable[[Frame, Callable[[], None]], Awaitable[None]]


class PackageRequests:
    """Runs them side by side, up to WS_MAX_IN_FLIGHT; each gets one reply.

    `queue` takes a reply and calls back when it is on its way to the client:
    until then the request counts as in flight.
    """

    __slots__ = (
        "_abandoned",
        "_app",
        "_dispatcher",
        "_in_flight",
        "_queue",
        "_stopped",
    )

    def __init__(
        self, app: AppContext, codec: Codec, caller: Caller, queue: Queue
    ) -> None:
        self._app = app
        self._queue = queue
        self._abandoned = False
        self._stopped: ServiceError | None = None
        self._dispatcher = Dispatcher(app, codec, caller)
        self._in_flight = InFlight(app.settings.WS_MAX_IN_FLIGHT)

    async def take(self, message: Any, user: UserModel | None) -> None:
        """Waits for room, then starts the handler.

        Raises ServiceError for what cannot be started, AuthenticationError
        among them for an anonymous request that needs a login.
        """
        request = _read(message)
        package = self._app.packages.find(request.pkg_id)
        if user is None and package.roles is not PUBLIC:
            raise AuthenticationError(
                "not_authenticated", "A login is needed."
            )
        if request.req_id in self._in_flight:
            raise ConflictError("A request with this req_id is in flight.")
        await self._in_flight.room()
        if self._abandoned:
            return
        if self._stopped is not None:
            raise self._stopped
        run = self._dispatcher.begin(package, request, user)
        exchange = Exchange(
            package.name,
            refuse=run.refuse,
            settle=run.settle,
            answer=partial(self._answer, request.req_id),
        )
        self._in_flight.add(request.req_id, exchange)
        exchange.start(run.answer(), self._dispatcher.timeout_of(package))

    def cancel(self, req_id: str) -> None:
        """The client took it back; it still gets its reply."""
        self._in_flight.stop(req_id)

    def stop(self, reason: ServiceError) -> None:
        """Ends all, and what waits for room; each gets its reply."""
        self._stopped = reason
        self._in_flight.stop_all(reason)

    async def answered(self, patience: float | None) -> bool:
        """Whether all replies are on their way within so many seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._in_flight.empty()
        except TimeoutError:
            return False
        return True

    def abandon(self) -> None:
        """Ends all, and what is read later; nobody waits for replies."""
        self._abandoned = True
        self._in_flight.abandon()

    async def ended(self) -> None:
        """Returns when what was abandoned has cleaned up."""
        await self._in_flight.ended()

    async def _answer(self, req_id: str, frame: Frame) -> None:
        await self._queue(frame, partial(self._in_flight.remove, req_id))


def _read(message: Any) -> RequestModel:
    if not isinstance(message, dict):
        raise ValidationFailedError("A request is a JSON object.")
    pkg_id, req_id = message.get("pkg_id"), message.get("req_id")
    data = message.get("data")
    # The model finds the words for what is wrong; what is right is seen
    # sooner without it.
    if (
        type(pkg_id) is int
        and type(data) is dict
        and type(req_id) is str
        and _REQ_ID.fullmatch(req_id)
    ):
        return RequestModel(pkg_id, req_id, data)
    try:
        envelope = PackageEnvelope.model_validate(message)
    except ValidationError as error:
        raise model_refusal(error) from None
    return RequestModel(envelope.pkg_id, envelope.req_id, envelope.data)
