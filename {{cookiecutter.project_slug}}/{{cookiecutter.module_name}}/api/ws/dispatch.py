"""Runs package requests: their handler, their metrics, their log lines."""

import logging
import time

import structlog

from {{cookiecutter.module_name}}.api.ws.codecs import Codec
from {{cookiecutter.module_name}}.api.ws.replies import (
    Message,
    error_message,
    reply_message,
)
from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.exceptions import ServiceError
from {{cookiecutter.module_name}}.observability.logging import (
    set_request_log_context,
)
from {{cookiecutter.module_name}}.routing.package_call import Package
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.schemas.caller import Caller
from {{cookiecutter.module_name}}.schemas.frame import Frame
from {{cookiecutter.module_name}}.schemas.request import RequestModel
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

    async def answer(
        self, package: Package, request: RequestModel, user: UserModel | None
    ) -> Frame:
        """Never raises but when it is cancelled."""
        set_request_log_context(
            {
                "request_id": request.req_id,
                "endpoint": f"WS:{package.name}",
                "user_id": user.id if user else None,
            }
        )
        started = time.perf_counter()
        try:
            response = await self._app.packages.handle_request(
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
            message = reply_message(response, request.pkg_id, request.req_id)
            frame = self._encode(message)
        except Exception as error:  # noqa: BLE001 - becomes the reply
            _report(error)
            return self.refusal(package, request, error)
        finally:
            seconds = time.perf_counter() - started
            self._metrics.observe_processing(package.name, seconds)
        self._count(package, message, seconds)
        return frame

    def refusal(
        self, package: Package, request: RequestModel, error: Exception
    ) -> Frame:
        """The reply that tells of an error."""
        message = error_message(error, request.pkg_id, request.req_id)
        frame = self._codec.encode(message)
        self._count(package, message)
        return frame

    def _encode(self, message: Message) -> Frame:
        frame = self._codec.encode(message)
        if len(frame) > self._limit:
            raise ReplyTooLargeError(
                f"A reply of {len(frame)} bytes; WS_MAX_REPLY_SIZE is "
                f"{self._limit}."
            )
        return frame

    def _count(
        self, package: Package, message: Message, seconds: float = 0
    ) -> None:
        status = message["status_code"]
        self._metrics.count_reply(package.name, status)
        if _logging.isEnabledFor(logging.DEBUG):
            logger.debug(
                "Package answered",
                status_code=status,
                duration_ms=round(seconds * 1000, 2),
            )


def _report(error: Exception) -> None:
    if isinstance(error, ServiceError):
        logger.info("Package refused", code=error.code, reason=error.detail)
    else:
        logger.exception("A package failed unexpectedly", exc_info=error)
