"""Builds the context in order, checks it, and takes it down in reverse."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
)
from typing import cast

import structlog
from fastapi import FastAPI
from pydantic_settings import BaseSettings

from {{cookiecutter.module_name}}.auth import (
    BackchannelLogout,
    LogoutTokenVerifier,
    TokenVerifier,
)
from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.extension import Extension
from {{cookiecutter.module_name}}.managers.keycloak_call import keycloak_breaker
from {{cookiecutter.module_name}}.managers.keycloak_keys import KeycloakKeys
from {{cookiecutter.module_name}}.managers.keycloak_manager import KeycloakManager
from {{cookiecutter.module_name}}.managers.websocket_connection_manager import (
    ConnectionManager,
)
from {{cookiecutter.module_name}}.observability.audit import NO_AUDIT
from {{cookiecutter.module_name}}.observability.health import HealthChecks, Phase
from {{cookiecutter.module_name}}.observability.metrics import Metrics
from {{cookiecutter.module_name}}.observability.tracing import NullTracer
from {{cookiecutter.module_name}}.protection.connection_limiter import (
    ConnectionLimiter,
)
from {{cookiecutter.module_name}}.protection.message_limiter import MessageLimiter
from {{cookiecutter.module_name}}.protection.production import check_production
from {{cookiecutter.module_name}}.protection.rate_limiter import RateLimiter
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.protection.revocation import Revocations
from {{cookiecutter.module_name}}.protection.used_tokens import UsedTokens
from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.routing.package_router import PackageTable
from {{cookiecutter.module_name}}.routing.route_table import RouteTable
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database, wait_and_init_db
from {{cookiecutter.module_name}}.storage.histories import CORE, History
from {{cookiecutter.module_name}}.storage.pagination.redis_counts import RedisCounts
from {{cookiecutter.module_name}}.storage.redis import RedisPools
from {{cookiecutter.module_name}}.tasks.kc_user_session_task import (
    KeycloakSessionTask,
)
from {{cookiecutter.module_name}}.tasks.registry import TaskRegistry

logger = structlog.get_logger(__name__)

type AppLifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class ContextBuilder:
    """Makes the context of one application; `overrides` replace parts."""

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        packages: PackageTable,
        extensions: Sequence[Extension],
        extension_settings: Mapping[type[BaseSettings], BaseSettings],
        overrides: Mapping[str, object],
    ) -> None:
        unknown = set(overrides) - set(AppContext.__dataclass_fields__)
        if unknown:
            raise TypeError(
                f"The context has no {', '.join(sorted(unknown))}."
            )
        self._settings = settings
        self._metrics = metrics
        self._packages = packages
        self._extensions = extensions
        self._extension_settings = extension_settings
        self._overrides = overrides

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncGenerator[None]:
        """Serves between start and end; `app.state.context` holds it."""
        async with AsyncExitStack() as stack:
            context = self._context(stack, app.state.routes)
            app.state.context = context
            await self._check(context)
            await context.connections.listen()
            stack.push_async_callback(context.connections.close)
            stack.push_async_callback(context.connection_limiter.close)
            context.tasks.start("websocket-gauges", context.connections.watch)
            context.tasks.start(
                "websocket-places", context.connection_limiter.keep
            )
            context.tasks.start("database-gauges", context.database.watch)
            if self._settings.SESSION_CHECK_ENABLED:
                context.tasks.start(
                    KeycloakSessionTask.name,
                    KeycloakSessionTask(
                        context.revocations,
                        context.connections,
                        context.bus,
                        self._settings,
                        self._metrics.protection,
                    ).run,
                )
            for extension in self._extensions:
                if extension.lifespan is not None:
                    await stack.enter_async_context(
                        extension.lifespan(context)
                    )
            stack.push_async_callback(context.tasks.close)
            context.phase = Phase.SERVING
            yield
            context.phase = Phase.DRAINING

    def _context(
        self, stack: AsyncExitStack, routes: RouteTable
    ) -> AppContext:
        settings = self._settings
        redis = RedisPools(settings)
        stack.push_async_callback(redis.close)
        counts = RedisCounts(redis.main, settings, self._metrics.counts)
        database = Database(settings, self._metrics.database, counts)
        stack.push_async_callback(database.close)
        breakers = self._metrics.protection.breakers
        breaker = keycloak_breaker(breakers)
        keycloak = KeycloakManager(settings, breaker)
        stack.push_async_callback(keycloak.close)
        keys = KeycloakKeys(
            settings, breaker=breaker, on_event=self._count_key_event
        )
        stack.push_async_callback(keys.close)
        bus = self._bus()
        stack.push_async_callback(bus.close)
        guard = RedisGuard(redis.auth, breakers)
        protection = (guard, settings, self._metrics.protection)
        revocations = Revocations(*protection, bus)
        stack.push_async_callback(revocations.close)
        context = AppContext(
            settings=settings,
            metrics=self._metrics,
            routes=routes,
            database=database,
            redis=redis,
            tokens=TokenVerifier.from_settings(keys, settings),
            keycloak=keycloak,
            rbac=self._packages.rbac,
            packages=self._packages,
            bus=bus,
            connections=ConnectionManager(settings, self._metrics, bus),
            rate_limiter=RateLimiter(*protection),
            message_limiter=MessageLimiter(*protection),
            connection_limiter=ConnectionLimiter(*protection),
            revocations=revocations,
            backchannel_logout=BackchannelLogout(
                LogoutTokenVerifier.from_settings(keys, settings),
                UsedTokens(*protection),
                revocations,
            ),
            audit=NO_AUDIT,
            tracer=NullTracer(),
            tasks=TaskRegistry(),
            health=HealthChecks(),
            extension_settings=dict(self._extension_settings),
        )
        for name, part in self._overrides.items():
            setattr(context, name, part)
        self._register_checks(context)
        return context

    def _bus(self) -> Bus:
        found = self._overrides.get("bus")
        if found is not None:
            return cast("Bus", found)
        return RedisBus(self._settings, self._metrics.redis)

    def _register_checks(self, context: AppContext) -> None:
        health = context.health
        health.register("database", context.database.ping, critical=True)
        health.register("redis", context.redis.ping)
        health.register("websocket", context.bus.ping)
        health.register("keycloak", context.keycloak.ping)
        for extension in self._extensions:
            for name, factory in extension.health_checks.items():
                health.register(name, factory(context))

    async def _check(self, context: AppContext) -> None:
        """Without the database there is no start; the rest only degrades."""
        await check_production(self._settings, context.redis.auth)
        await wait_and_init_db(
            context.database, self._settings, self._histories()
        )
        try:
            await context.tokens.keys.refresh()
        except UnavailableError as error:
            logger.warning(
                "Keycloak does not answer; logins fail until it does",
                keycloak_url=self._settings.KEYCLOAK_BASE_URL,
                reason=error.detail,
            )

    def _histories(self) -> list[History]:
        return [
            CORE,
            *(
                History.of_extension(extension.name, extension.migrations)
                for extension in self._extensions
                if extension.migrations is not None
            ),
        ]

    def _count_key_event(self, event: str) -> None:
        self._metrics.keycloak_key_events.labels(event).inc()
