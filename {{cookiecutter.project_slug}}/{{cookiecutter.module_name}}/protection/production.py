"""What must not be as it is on a laptop, found before anything is served."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

import structlog
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings import Settings

logger = structlog.get_logger(__name__)

# They stand in .env.example and in the development realm.
_KNOWN_SECRETS = frozenset(("postgres", "valkey", "admin", "service-secret"))
_ANY = "*"
_KEEPS_ALL = "noeviction"


class Finding(NamedTuple):
    """A setting, what is wrong with it, and what to do."""

    setting: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.setting} {self.problem} ({self.fix})"


async def check_production(settings: Settings, redis: Redis) -> None:
    """Raises StartupError with all findings; in ENV=production only."""
    if not settings.production:
        return
    found = [*findings(settings), *await _evicting(redis)]
    if found:
        listed = "; ".join(map(str, found))
        raise StartupError(
            f"ENV=production is not for these settings: {listed}.",
            "change all of them; a trial is ENV=staging, which is not checked",
        )


def findings(settings: Settings) -> Iterator[Finding]:
    """Those that the settings alone show."""
    yield from _secrets(settings)
    yield from _doors(settings)
    if not settings.keycloak_public_url.startswith("https://"):
        public = settings.KEYCLOAK_PUBLIC_URL is not None
        yield Finding(
            "KEYCLOAK_PUBLIC_URL" if public else "KEYCLOAK_BASE_URL",
            "makes a plain-http issuer",
            "give browsers an https:// address in KEYCLOAK_PUBLIC_URL",
        )


def _secrets(settings: Settings) -> Iterator[Finding]:
    for name, secret, fix in _known(settings):
        if secret and secret.get_secret_value() in _KNOWN_SECRETS:
            yield Finding(name, "is a default that everybody knows", fix)
    if settings.REDIS_PASSWORD is None:
        yield Finding("REDIS_PASSWORD", "is not set", _REDIS_FIX)


def _known(
    settings: Settings,
) -> Iterator[tuple[str, SecretStr | None, str]]:
    """Each secret that may be a default, and what to do then."""
    migration = _password_in(settings.MIGRATION_DATABASE_URL)
    client = settings.KEYCLOAK_CLIENT_SECRET
    admin_client = settings.KEYCLOAK_ADMIN_CLIENT_SECRET
    yield "DB_PASSWORD", settings.DB_PASSWORD, "give DB_USER another password"
    yield "MIGRATION_DATABASE_URL", migration, "give its user another password"
    yield "REDIS_PASSWORD", settings.REDIS_PASSWORD, _REDIS_FIX
    yield "KEYCLOAK_CLIENT_SECRET", client, _CLIENT_FIX
    yield "KEYCLOAK_ADMIN_CLIENT_SECRET", admin_client, _CLIENT_FIX
    # Where a service account administers, the password is not used.
    if settings.KEYCLOAK_ADMIN_CLIENT_ID is None:
        password = settings.KEYCLOAK_ADMIN_PASSWORD
        yield "KEYCLOAK_ADMIN_PASSWORD", password, _ADMIN_FIX


_REDIS_FIX = "give Redis a password by requirepass"
_CLIENT_FIX = "regenerate it in Keycloak"
_ADMIN_FIX = (
    "set KEYCLOAK_ADMIN_CLIENT_ID and KEYCLOAK_ADMIN_CLIENT_SECRET of a "
    "service account, or another password"
)


def _password_in(url: SecretStr | None) -> SecretStr | None:
    password = urlsplit(url.get_secret_value()).password if url else None
    return SecretStr(password) if password else None


def _doors(settings: Settings) -> Iterator[Finding]:
    doors = {
        "ALLOWED_HOSTS": "list the names of this service",
        "ALLOWED_WS_ORIGINS": "list the origins of your pages",
        "CORS_ALLOWED_ORIGINS": "list the origins of your pages",
    }
    for name, fix in doors.items():
        if _ANY in getattr(settings, name):
            yield Finding(name, "is open to any", fix)
    if any(not ip_network(n).prefixlen for n in settings.TRUSTED_PROXIES):
        yield Finding(
            "TRUSTED_PROXIES",
            "believes any client's X-Forwarded-For",
            "list the addresses of your proxies",
        )


async def _evicting(redis: Redis) -> list[Finding]:
    """INFO tells it also where CONFIG is forbidden, as in hosted Redis."""
    try:
        memory = await redis.info("memory")
    except (RedisError, OSError) as error:
        policy, reason = None, str(error) or type(error).__name__
    else:
        policy, reason = memory.get("maxmemory_policy"), "INFO lacks it"
    if policy is None:
        logger.warning(
            "Nobody knows whether Redis evicts keys; logouts may be lost",
            reason=reason,
        )
        return []
    if policy == _KEEPS_ALL:
        return []
    return [
        Finding(
            "REDIS_IP",
            f"names a Redis that evicts keys by {policy}, logouts among them",
            f"set its maxmemory-policy to {_KEEPS_ALL}",
        )
    ]
