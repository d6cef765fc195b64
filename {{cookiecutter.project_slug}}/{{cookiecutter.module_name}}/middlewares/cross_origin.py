"""CORS: whose pages may call the API; none, unless the settings say so."""

from collections.abc import Collection
from functools import partial

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from {{cookiecutter.module_name}}.constants import CORRELATION_HEADER
from {{cookiecutter.module_name}}.extension import MiddlewareFactory

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_REQUEST_HEADERS = (
    "Authorization",
    "If-Match",
    "If-None-Match",
    CORRELATION_HEADER,
)
_REPLY_HEADERS = (
    CORRELATION_HEADER,
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "Retry-After",
    "ETag",
    "Location",
)


def cross_origin(origins: Collection[str]) -> tuple[MiddlewareFactory, ...]:
    """Starlette's middleware. Credentials are cookies, which there are none
    of: they stay forbidden, so that `*` is no danger."""
    return (partial(_cors, origins),) if origins else ()


def _cors(origins: Collection[str], app: ASGIApp) -> ASGIApp:
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=_METHODS,
        allow_headers=_REQUEST_HEADERS,
        expose_headers=_REPLY_HEADERS,
        allow_credentials=False,
    )
