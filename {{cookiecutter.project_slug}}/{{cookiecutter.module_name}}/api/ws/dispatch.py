"""Runs package requests: their handler, their metrics, their log lines."""

import logging
import time
from collections.abc import Awaitable, Callable

import structlog

from {{cookiecutter.module_name}}.api.ws.codecs import Codec
from {{cookiecutter.module_name}}.api.ws.package_audit import PackageAudit
from {{cookiecutter.module_name}}.api.ws.replies import (
    Message,
    error_message,
    reply_message,
)
from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.exceptions import ServiceError, UnavailableError
from {{cookiecutter.module_name}}.observability.logging import (
    set_request_log_context,
)
from {{cookiecutter.module_name}}.routing.package_call import Package
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.schemas.caller import Caller
from {{cookiecutter.module_name}}.schemas.frame import Frame
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel
from {{cookiecutter.module_name}}.schemas.user import UserModel

logger = structlog.get_logger(__name__)
# structlog builds an event before it asks whether anybody wants it.
_logging = logging.getLogger(__name__)


class ReplyTooLargeError(Exception):
    """No client could take it."""


class Dispatcher:
    """Turns requests into the frames of their replies, in one format."""

    __slots__ = ("_app", "_caller", "_codec", "_limit", "_metrics")

    def __init__(self, app: AppContext, codec: Codec, caller: Caller) -> None:
        self._app = app
        self._caller = caller
        self._codec = codec
        self._limit = app.settings.WS_MAX_REPLY_SIZE
        self._metrics = app.metrics.websocket

    def timeout_of(self, package: Package) -> float:
        """In seconds."""
        return package.timeout or self._app.settings.WS_HANDLER_TIMEOUT

    def begin(
        self, package: Package, request: RequestModel, user: UserModel | None
    ) -> "PackageRun":
        """Nothing runs yet."""
        audit = (
            PackageAudit(
                self._app.audit, self._caller, package.name, request, user
            )
            if self._app.audit.enabled
            else None
        )
        return PackageRun(self, package, request, user, audit)

    def run(
        self, request: RequestModel, user: UserModel | None
    ) -> Awaitable[ResponseModel]:
        """Raises whatever the handler raises."""
        return self._app.packages.handle_request(
            request,
            PackageContext(
                user,
                request.req_id,
                self._app.bus,
                self._app.database,
                self._app.rate_limiter,
                self._caller.address,
            ),
        )

    def encode(self, message: Message, *, limited: bool = True) -> Frame:
        """Raises ReplyTooLargeError, and TypeError for what is no JSON."""
        frame = self._codec.encode(message)
        if limited and len(frame) > self._limit:
            raise ReplyTooLargeError(
                f"A reply of {len(frame)} bytes; WS_MAX_REPLY_SIZE is "
                f"{self._limit}."
            )
        return frame

    def observe(self, package: Package, seconds: float) -> None:
        """How long it ran."""
        self._metrics.observe_processing(package.name, seconds)

    def count(self, package: Package, status: int, seconds: float) -> None:
        """A reply that goes out."""
        self._metrics.count_reply(package.name, status)
        if _logging.isEnabledFor(logging.DEBUG):
            logger.debug(
                "Package answered",
                status_code=status,
                duration_ms=round(seconds * 1000, 2),
            )


class PackageRun:
    """One request on its way to its reply.

    A frame of `answer` or `refuse` goes out as `settle` returns it. It may
    wait long for a client that does not read, so neither the reply that it
    was made of is kept nor an error, whose traceback holds that.
    """

    __slots__ = (
        "_audit",
        "_dispatcher",
        "_package",
        "_request",
        "_seconds",
        "_status",
        "_user",
    )

    def __init__(
        self,
        dispatcher: Dispatcher,
        package: Package,
        request: RequestModel,
        user: UserModel | None,
        audit: PackageAudit | None,
    ) -> None:
        self._dispatcher = dispatcher
        self._package = package
        self._request = request
        self._user = user
        self._audit = audit
        self._seconds = 0.0
        self._status = 0

    async def answer(self) -> Frame:
        """Never raises but when it is cancelled."""
        user, request = self._user, self._request
        set_request_log_context(
            {
                "request_id": request.req_id,
                "endpoint": f"WS:{self._package.name}",
                "user_id": user.id if user else None,
            }
        )
        if self._audit is not None:
            self._audit.begin()
        started = time.perf_counter()
        try:
            response = await self._dispatcher.run(request, user)
            message = reply_message(response, request.pkg_id, request.req_id)
            frame = self._dispatcher.encode(message)
        except Exception as error:  # noqa: BLE001 - becomes the reply
            _report(error)
            return self.refuse(error)
        finally:
            self._seconds = time.perf_counter() - started
            self._dispatcher.observe(self._package, self._seconds)
        if self._audit is not None:
            self._audit.answered(message)
        self._tell(message)
        return frame

    def refuse(self, error: Exception) -> Frame:
        """The reply that tells of an error."""
        if self._audit is not None:
            self._audit.failed(error)
        request = self._request
        message = error_message(error, request.pkg_id, request.req_id)
        self._tell(message)
        return self._dispatcher.encode(message, limited=False)

    @property
    def settle(self) -> Callable[[Frame], Awaitable[Frame]] | None:
        """What has to see a frame before it goes out, if anything."""
        return self._settle if self._audit is not None else None

    async def _settle(self, frame: Frame) -> Frame:
        """Kept, or another frame where it cannot be."""
        if self._audit is not None:
            try:
                await self._audit.end()
            except UnavailableError as error:
                frame = self.refuse(error)
        self._count()
        return frame

    def _tell(self, message: Message) -> None:
        self._status = message["status_code"]
        if self._audit is None:
            self._count()

    def _count(self) -> None:
        self._dispatcher.count(self._package, self._status, self._seconds)


def _report(error: Exception) -> None:
    if isinstance(error, ServiceError):
        logger.info("Package refused", code=error.code, reason=error.detail)
    else:
        logger.exception("A package failed unexpectedly", exc_info=error)
