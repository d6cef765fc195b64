"""Turns whatever was raised into a problem document, once, at the edge."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from {{cookiecutter.module_name}}.exceptions import ServiceError
from {{cookiecutter.module_name}}.observability.metrics import Metrics
from {{cookiecutter.module_name}}.schemas.problem import ProblemDetails, ProblemField

logger = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "validation_error",
    503: "unavailable",
}
_INTERNAL = "Something went wrong here; the request id helps to find it."


class ErrorsMiddleware:
    """Answers for what a middleware raised, and 500 for the unexpected.

    The latter is logged, once.

    It stands outside of Starlette's own error middleware, which raises
    again after its reply.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles HTTP; passes the rest on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def remember_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, remember_start)
        except Exception as error:
            expected = isinstance(error, ServiceError)
            if not expected:
                self._count(scope, error)
            if started and not scope.get("problem_sent"):
                # Half a reply is out; only breaking off tells the client.
                raise
            if not started:
                answer = on_service_error if expected else on_unexpected
                reply = answer(Request(scope), error)
                await reply(scope, receive, send)

    def _count(self, scope: Scope, error: Exception) -> None:
        logger.exception("A request failed unexpectedly", exc_info=error)
        endpoint = scope.get("endpoint")
        handler = getattr(endpoint, "__name__", "unmatched")
        self._metrics.errors.labels(type(error).__name__, handler).inc()


def install_handlers(app: FastAPI) -> None:
    """Problem details for errors raised inside of the routes."""
    app.add_exception_handler(ServiceError, on_service_error)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, on_unexpected)


def on_unexpected(request: Request, error: Exception) -> Response:
    """A 500 that tells nothing of the inside."""
    request.scope["problem_sent"] = True
    reply = problem(
        request,
        status=500,
        title="Internal error",
        code="internal",
        detail=_INTERNAL,
    )
    request.scope["problem"] = f"internal: {type(error).__name__}"
    return reply


def problem(
    request: HTTPConnection,
    *,
    status: int,
    title: str,
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    errors: list[ProblemField] | None = None,
) -> Response:
    """An `application/problem+json` reply; `scope["problem"]` sums it up."""
    request.scope["problem"] = f"{code}: {detail}"
    body = ProblemDetails(
        title=title,
        status=status,
        detail=detail,
        code=code,
        errors=errors or None,
        request_id=getattr(request.state, "request_id", None),
    )
    return Response(
        orjson.dumps(body.model_dump(exclude_none=True)),
        status_code=status,
        headers=dict(headers or {}),
        media_type=MEDIA_TYPE,
    )


def on_http_exception(request: Request, error: Exception) -> Response:
    """For what FastAPI, Starlette and middlewares raise."""
    if not isinstance(error, HTTPException):
        raise error
    if _is_unreadable_body(error):
        return _invalid(
            request,
            [_field(("body",), "The body cannot be read.", "json_invalid")],
        )
    phrase = HTTPStatus(error.status_code).phrase
    return problem(
        request,
        status=error.status_code,
        title=phrase,
        code=_CODES.get(error.status_code, "http_error"),
        detail=f"{error.detail or phrase}",
        headers=error.headers,
    )


def on_service_error(request: Request, error: Exception) -> Response:
    """For what the service's own code raises."""
    if not isinstance(error, ServiceError):
        raise error
    return problem(
        request,
        status=error.status,
        title=error.title,
        code=error.code,
        detail=error.detail,
        headers=error.headers,
        errors=[
            ProblemField(field=e.field, message=e.message, code=e.code)
            for e in error.errors
        ],
    )


def _on_validation_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return _invalid(
        request,
        [_field(e["loc"], e["msg"], e["type"]) for e in error.errors()],
    )


def _is_unreadable_body(error: HTTPException) -> bool:
    # FastAPI says 400 with this cause for bytes that are no UTF-8 and for
    # numbers too long to convert.
    return error.status_code == 400 and isinstance(
        error.__cause__, (ValueError, RecursionError)
    )


def _field(loc: tuple[Any, ...], message: str, code: str) -> ProblemField:
    path = ".".join(
        str(part).encode("utf-8", "replace").decode() for part in loc
    )
    return ProblemField(field=path, message=message, code=code)


def _invalid(request: Request, errors: list[ProblemField]) -> Response:
    fields = ", ".join(dict.fromkeys(e.field for e in errors))
    return problem(
        request,
        status=422,
        title="Invalid input",
        code="validation_error",
        detail=f"These fields were refused: {fields[:500]}.",
        errors=errors,
    )
