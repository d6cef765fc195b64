"""Puts the application together; nothing connects before the lifespan."""

from collections.abc import Mapping, Sequence

from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.api.ws.handlers import load_handlers
from {{cookiecutter.module_name}}.api.ws.websocket import PackageAuthWebSocketEndpoint
from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.extension import (
    Extension,
    MiddlewareFactory,
    discover,
)
from {{cookiecutter.module_name}}.lifespan import ContextBuilder
from {{cookiecutter.module_name}}.middlewares.errors import install_handlers
from {{cookiecutter.module_name}}.middlewares.pipeline import build_pipeline, wrap
from {{cookiecutter.module_name}}.observability.metrics import Metrics
from {{cookiecutter.module_name}}.protection.rate_limit_rule import require_settings
from {{cookiecutter.module_name}}.routing.discovery import (
    collect_subclasses,
    collect_subrouters,
)
from {{cookiecutter.module_name}}.routing.route_table import RouteTable
from {{cookiecutter.module_name}}.settings import Settings, load_settings

ROOT = __name__.rpartition(".")[0]


class Service(FastAPI):
    """FastAPI with the pipeline around it, error handling included."""

    pipeline: tuple[MiddlewareFactory, ...] = ()

    def build_middleware_stack(self) -> ASGIApp:
        """Starlette's own stack, wrapped."""
        return wrap(super().build_middleware_stack(), self.pipeline)


def create_app(
    settings: Settings | None = None,
    *,
    packages: Sequence[str] = (),
    overrides: Mapping[str, object] | None = None,
) -> FastAPI:
    """An application; call it as often as you like.

    `packages` are searched for routers, consumers and package handlers
    besides `api`; `overrides` replace parts of the context by name, such as
    a fake for a port. Raises StartupError for wrong settings, and for a
    PkgID without a handler.
    """
    settings = settings or load_settings()
    metrics = Metrics(settings.ENV)
    extensions = discover(f"{ROOT}.extensions")
    handlers = load_handlers(*packages)

    builder = ContextBuilder(
        settings,
        metrics,
        handlers,
        extensions,
        _extension_settings(extensions),
        overrides or {},
    )
    app = Service(
        title=constants.PROJECT_NAME,
        version=constants.VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=builder.lifespan,
    )
    _include_routers(app, extensions, packages)
    _include_consumers(app, packages)
    install_handlers(app)
    routes = RouteTable.of(app)
    require_settings((*routes.limits, *handlers.limits), settings)
    app.state.routes = routes
    app.pipeline = build_pipeline(settings, metrics, routes, extensions)
    return app


def _include_routers(
    app: FastAPI, extensions: Sequence[Extension], packages: Sequence[str]
) -> None:
    for package in (f"{ROOT}.api.http", *packages):
        for router in collect_subrouters(package):
            app.include_router(router)
    for extension in extensions:
        for router in extension.routers:
            app.include_router(router)


def _include_consumers(app: FastAPI, packages: Sequence[str]) -> None:
    for package in (f"{ROOT}.api.ws.consumers", *packages):
        for consumer in collect_subclasses(
            package, PackageAuthWebSocketEndpoint
        ):
            app.router.routes.append(WebSocketRoute(consumer.path, consumer))


def _extension_settings(
    extensions: Sequence[Extension],
) -> dict[type[BaseSettings], BaseSettings]:
    loaded: dict[type[BaseSettings], BaseSettings] = {}
    for extension in extensions:
        if extension.settings is None:
            continue
        try:
            loaded[extension.settings] = extension.settings()
        except ValidationError as error:
            raise StartupError(
                f"Settings of the extension {extension.name} are wrong: "
                f"{error.errors(include_url=False, include_input=False)}.",
                "correct them in the environment or in .env",
            ) from None
    return loaded
