"""Pools of connections to Redis, one for each database number."""

from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.settings import Settings


class RedisPools:
    """`main` for the service's own data, `auth` for logins; bytes come back.

    A caller waits for a free connection as long as for a reply.
    """

    def __init__(self, settings: Settings) -> None:
        self.main = _client(settings, settings.MAIN_REDIS_DB)
        self.auth = _client(settings, settings.AUTH_REDIS_DB)

    async def ping(self) -> None:
        """One round trip; raises what went wrong."""
        await self.main.ping()

    async def close(self) -> None:
        """Ends all connections of both pools."""
        await self.main.aclose()
        await self.auth.aclose()


def server_options(settings: Settings) -> dict[str, Any]:
    """How any pool finds and enters the server."""
    password = settings.REDIS_PASSWORD
    return {
        "host": settings.REDIS_IP,
        "port": settings.REDIS_PORT,
        "password": password.get_secret_value() if password else None,
        "client_name": constants.DISTRIBUTION,
        "max_connections": settings.REDIS_MAX_CONNECTIONS,
        **_tls(settings),
    }


def _tls(settings: Settings) -> dict[str, Any]:
    if not settings.REDIS_SSL:
        return {}
    authority = settings.REDIS_SSL_CA
    return {
        "connection_class": SSLConnection,
        "ssl_ca_certs": str(authority) if authority else None,
    }


def _client(settings: Settings, number: int) -> Redis:
    return Redis.from_pool(
        BlockingConnectionPool(
            **server_options(settings),
            db=number,
            timeout=constants.REDIS_SOCKET_TIMEOUT_SECONDS,
            socket_timeout=constants.REDIS_SOCKET_TIMEOUT_SECONDS,
            socket_connect_timeout=constants.REDIS_CONNECT_TIMEOUT_SECONDS,
            health_check_interval=(
                constants.REDIS_HEALTH_CHECK_INTERVAL_SECONDS
            ),
            # A connection that the server dropped is tried anew once.
            retry=Retry(NoBackoff(), retries=1),
        )
    )
