"""The order of the middlewares, as data, around the whole application."""

from collections.abc import Iterable, Sequence
from functools import partial
from urllib.parse import urlsplit

from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.types import ASGIApp

from {{cookiecutter.module_name}}.auth import AuthBackend
from {{cookiecutter.module_name}}.extension import Extension, MiddlewareFactory, Slot
from {{cookiecutter.module_name}}.middlewares.access_log import AccessLogMiddleware
from {{cookiecutter.module_name}}.middlewares.body_limit import BodyLimitMiddleware
from {{cookiecutter.module_name}}.middlewares.correlation import CorrelationMiddleware
from {{cookiecutter.module_name}}.middlewares.cross_origin import cross_origin
from {{cookiecutter.module_name}}.middlewares.errors import ErrorsMiddleware
from {{cookiecutter.module_name}}.middlewares.metrics import MetricsMiddleware
from {{cookiecutter.module_name}}.middlewares.query_token import QueryTokenMiddleware
from {{cookiecutter.module_name}}.middlewares.rate_limit import RateLimitMiddleware
from {{cookiecutter.module_name}}.middlewares.security_headers import (
    SecurityHeadersMiddleware,
)
from {{cookiecutter.module_name}}.middlewares.startup import StartupMiddleware
from {{cookiecutter.module_name}}.middlewares.trusted_host import (
    TrustedHostMiddleware,
)
from {{cookiecutter.module_name}}.middlewares.trusted_proxies import trusted_proxies
from {{cookiecutter.module_name}}.observability.metrics import Metrics
from {{cookiecutter.module_name}}.routing.route_table import RouteTable
from {{cookiecutter.module_name}}.settings import Settings


def build_pipeline(
    settings: Settings,
    metrics: Metrics,
    routes: RouteTable,
    extensions: Sequence[Extension],
) -> tuple[MiddlewareFactory, ...]:
    """Outermost first: what stands above sees what stands below refuse."""
    return (
        StartupMiddleware,
        *trusted_proxies(settings.TRUSTED_PROXIES),
        partial(QueryTokenMiddleware, allowed=settings.WS_ALLOW_QUERY_TOKEN),
        CorrelationMiddleware,
        partial(AccessLogMiddleware, excluded_paths=settings.EXCLUDED_PATHS),
        partial(MetricsMiddleware, metrics=metrics, routes=routes),
        partial(
            SecurityHeadersMiddleware,
            login_origin=_origin(settings.keycloak_public_url),
            production=settings.production,
        ),
        partial(
            TrustedHostMiddleware,
            allowed=settings.ALLOWED_HOSTS,
            metrics=metrics,
        ),
        *cross_origin(settings.CORS_ALLOWED_ORIGINS),
        partial(ErrorsMiddleware, metrics=metrics),
        *_pieces(extensions, Slot.AROUND_REFUSALS),
        partial(BodyLimitMiddleware, limit=settings.MAX_BODY_BYTES),
        *_pieces(extensions, Slot.BEFORE_AUTHENTICATION),
        partial(
            AuthenticationMiddleware,
            backend=AuthBackend(excluded_paths=settings.EXCLUDED_PATHS),
        ),
        partial(RateLimitMiddleware, settings=settings),
        *_pieces(extensions, Slot.AFTER_AUTHENTICATION),
    )


def wrap(app: ASGIApp, pipeline: Iterable[MiddlewareFactory]) -> ASGIApp:
    """Folds the pipeline around the application."""
    for factory in reversed(tuple(pipeline)):
        app = factory(app)
    return app


def _pieces(
    extensions: Sequence[Extension], slot: Slot
) -> list[MiddlewareFactory]:
    return [factory for piece in extensions for factory in piece.at(slot)]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
