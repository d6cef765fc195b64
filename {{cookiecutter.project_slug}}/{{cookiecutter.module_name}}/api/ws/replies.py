"""Errors as replies, made once at the edge of the package protocol."""

from math import ceil
from typing import Any

from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    ConflictError,
    PermissionDeniedError,
    PreconditionFailedError,
    RateLimitedError,
    ServiceError,
    UnknownPackageError,
    ValidationFailedError,
)
from {{cookiecutter.module_name}}.schemas.response import ResponseModel, RSPCode

type Message = dict[str, Any]

# Of a req_id that is sent back though it may be none.
_ECHO_LENGTH = 64
_INTERNAL = "Something went wrong here; the request id helps to find it."
_INVALID = (
    ConflictError,
    PreconditionFailedError,
    UnknownPackageError,
    ValidationFailedError,
)
_DENIED = (AuthenticationError, PermissionDeniedError)


def reply_message(
    response: ResponseModel, pkg_id: int, req_id: str
) -> Message:
    """As it goes out; the ids are those of the request."""
    message = {
        "pkg_id": pkg_id,
        "req_id": req_id,
        "status_code": int(response.status_code),
        "data": response.data,
    }
    if response.meta is not None:
        message["meta"] = response.meta
    return message


def rejection(error: Exception, message: Any) -> Message:
    """The reply to what is no request; its ids as far as they were read."""
    if not isinstance(message, dict):
        return error_message(error, None, None)
    pkg_id, req_id = message.get("pkg_id"), message.get("req_id")
    readable = isinstance(req_id, str) and len(req_id) <= _ECHO_LENGTH
    return error_message(
        error,
        pkg_id if type(pkg_id) is int else None,
        req_id if readable else None,
    )


def error_message(
    error: Exception, pkg_id: int | None, req_id: str | None
) -> Message:
    """Of an error nobody expected it tells nothing."""
    status, data = _status(error), _details(error)
    return {
        "pkg_id": pkg_id,
        "req_id": req_id,
        "status_code": int(status),
        "data": data,
    }


def _status(error: Exception) -> RSPCode:
    if isinstance(error, _INVALID):
        return RSPCode.INVALID_DATA
    if isinstance(error, _DENIED):
        return RSPCode.PERMISSION_DENIED
    return RSPCode.ERROR


def _details(error: Exception) -> Message:
    if not isinstance(error, ServiceError):
        return {"msg": _INTERNAL, "code": "internal"}
    details: Message = {"msg": error.detail, "code": error.code}
    if isinstance(error, RateLimitedError):
        # Rounded up: who comes back then is not too early.
        details["retry_after"] = ceil(error.retry_after * 10) / 10
    if error.errors:
        details["errors"] = [
            {"field": e.field, "message": e.message, "code": e.code}
            for e in error.errors
        ]
    return details
