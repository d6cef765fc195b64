"""What a request may use, made once in the lifespan."""

from dataclasses import dataclass, field

from pydantic_settings import BaseSettings

from {{cookiecutter.module_name}}.auth import BackchannelLogout, TokenVerifier
from {{cookiecutter.module_name}}.managers.keycloak_manager import KeycloakManager
from {{cookiecutter.module_name}}.managers.rbac_manager import RBACManager
from {{cookiecutter.module_name}}.managers.websocket_connection_manager import (
    ConnectionManager,
)
from {{cookiecutter.module_name}}.observability.health import HealthChecks, Phase
from {{cookiecutter.module_name}}.observability.metrics import Metrics
from {{cookiecutter.module_name}}.protection.connection_limiter import (
    ConnectionLimiter,
)
from {{cookiecutter.module_name}}.protection.message_limiter import MessageLimiter
from {{cookiecutter.module_name}}.protection.rate_limiter import RateLimiter
from {{cookiecutter.module_name}}.protection.revocation import Revocations
from {{cookiecutter.module_name}}.protocols import Audit, Bus, Tracer
from {{cookiecutter.module_name}}.routing.package_router import PackageTable
from {{cookiecutter.module_name}}.routing.route_table import RouteTable
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database
from {{cookiecutter.module_name}}.storage.redis import RedisPools
from {{cookiecutter.module_name}}.tasks.registry import TaskRegistry


@dataclass(slots=True, kw_only=True)
class AppContext:
    """Parts that live as long as the application."""

    settings: Settings
    metrics: Metrics
    routes: RouteTable
    database: Database
    redis: RedisPools
    tokens: TokenVerifier
    keycloak: KeycloakManager
    rbac: RBACManager
    packages: PackageTable
    bus: Bus
    connections: ConnectionManager
    rate_limiter: RateLimiter
    message_limiter: MessageLimiter
    connection_limiter: ConnectionLimiter
    revocations: Revocations
    backchannel_logout: BackchannelLogout
    audit: Audit
    tracer: Tracer
    tasks: TaskRegistry
    health: HealthChecks
    phase: Phase = Phase.STARTING
    extension_settings: dict[type[BaseSettings], BaseSettings] = field(
        default_factory=dict
    )

    def settings_of[S: BaseSettings](self, kind: type[S]) -> S:
        """The settings that an extension declared."""
        found = self.extension_settings[kind]
        if not isinstance(found, kind):
            raise TypeError(f"{kind.__name__} holds a {type(found).__name__}")
        return found
