"""TLS to PostgreSQL and Redis: with whom the service speaks, and how."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy import text

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.settings import Settings, load_settings
from {{cookiecutter.module_name}}.storage.db import wait_for
from {{cookiecutter.module_name}}.storage.engine import (
    build_engine,
    build_migration_engine,
)
from {{cookiecutter.module_name}}.storage.redis import RedisPools

from tests.certificates import Certificates, make_certificates
from tests.tls_front import tls_front

VERIFYING = ("verify-ca", "verify-full")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"), "127.0.0.1")


@pytest.fixture
async def postgres(
    service_env: Mapping[str, str], certificates: Certificates
) -> AsyncIterator[dict[str, Any]]:
    """Settings that go through TLS."""
    host, port = service_env["DB_HOST"], int(service_env["DB_PORT"])
    context = certificates.context()
    async with tls_front(context, host, port, postgres=True) as front:
        yield {**service_env, "DB_HOST": "127.0.0.1", "DB_PORT": front}


@pytest.fixture
async def redis(
    service_env: Mapping[str, str], certificates: Certificates
) -> AsyncIterator[dict[str, Any]]:
    host, port = service_env["REDIS_IP"], int(service_env["REDIS_PORT"])
    async with tls_front(certificates.context(), host, port) as front:
        yield {**service_env, "REDIS_IP": "127.0.0.1", "REDIS_PORT": front}


async def reach(given: Mapping[str, Any], **changes: Any) -> None:
    """As the service does at its start, and as migrations do."""
    settings = Settings.model_validate(
        {**given, "DB_INIT_MAX_RETRIES": 0, **changes}
    )
    for build in (build_engine, build_migration_engine):
        engine = build(settings)
        try:
            await wait_for(engine, settings)
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        finally:
            await engine.dispose()


@pytest.mark.parametrize("mode", VERIFYING)
async def test_a_postgres_that_our_authority_vouches_for(
    postgres: dict[str, Any], certificates: Certificates, mode: str
) -> None:
    authority = str(certificates.authority)
    await reach(postgres, DB_SSL_MODE=mode, DB_SSL_ROOT_CERT=authority)


async def test_require_does_not_look(postgres: dict[str, Any]) -> None:
    await reach(postgres, DB_SSL_MODE="require")


@pytest.mark.parametrize("mode", VERIFYING)
async def test_a_postgres_that_nobody_vouches_for(
    postgres: dict[str, Any], mode: str
) -> None:
    with pytest.raises(StartupError) as caught:
        await reach(postgres, DB_SSL_MODE=mode)
    assert "DB_SSL_MODE" in str(caught.value)
    assert "certificate" in str(caught.value)


async def test_a_postgres_of_another_name(
    postgres: dict[str, Any], certificates: Certificates
) -> None:
    renamed = {
        **postgres,
        "DB_HOST": "localhost",
        "DB_SSL_ROOT_CERT": str(certificates.authority),
    }
    await reach(renamed, DB_SSL_MODE="verify-ca")
    with pytest.raises(StartupError, match="localhost"):
        await reach(renamed, DB_SSL_MODE="verify-full")


@pytest.mark.parametrize("mode", ["require", *VERIFYING])
async def test_a_plain_postgres_is_refused(
    service_env: Mapping[str, str], mode: str
) -> None:
    with pytest.raises(StartupError, match="offers no TLS"):
        await reach(service_env, DB_SSL_MODE=mode)


@pytest.mark.parametrize("mode", ["disable", "prefer"])
async def test_a_plain_postgres_is_taken(
    service_env: Mapping[str, str], mode: str
) -> None:
    await reach(service_env, DB_SSL_MODE=mode)


async def ask(given: Mapping[str, Any], **changes: Any) -> None:
    """Both pools and the bus."""
    settings = Settings.model_validate({**given, **changes})
    pools = RedisPools(settings)
    bus = RedisBus(settings, RedisMetrics(CollectorRegistry()))
    try:
        await pools.ping()
        await pools.auth.ping()
        await bus.publish("channel", "through TLS")
    finally:
        await bus.close()
        await pools.close()


async def test_a_redis_that_our_authority_vouches_for(
    redis: dict[str, Any], certificates: Certificates
) -> None:
    authority = str(certificates.authority)
    await ask(redis, REDIS_SSL=True, REDIS_SSL_CA=authority)


@pytest.mark.parametrize(
    "name", ["127.0.0.1", "localhost"], ids=["unknown", "name"]
)
async def test_a_redis_that_is_not_vouched_for(
    redis: dict[str, Any], certificates: Certificates, name: str
) -> None:
    ours = {"REDIS_SSL_CA": str(certificates.authority)}
    known = ours if name == "localhost" else {}
    with pytest.raises(RedisConnectionError, match="certificate"):
        await ask({**redis, "REDIS_IP": name}, REDIS_SSL=True, **known)


async def test_a_plain_redis_is_refused(
    service_env: Mapping[str, str],
) -> None:
    # It waits for the end of what it takes for a word.
    with pytest.raises((RedisConnectionError, RedisTimeoutError)):
        await ask(service_env, REDIS_SSL=True)


def test_what_does_not_go_together(
    certificates: Certificates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority = str(certificates.authority)
    monkeypatch.setenv("REDIS_SSL_CA", authority)
    with pytest.raises(StartupError, match="REDIS_SSL=true"):
        load_settings(None)
    monkeypatch.setenv("REDIS_SSL", "true")
    monkeypatch.setenv("DB_SSL_ROOT_CERT", authority)
    with pytest.raises(StartupError, match="DB_SSL_MODE=verify-full"):
        load_settings(None)
    monkeypatch.setenv("DB_SSL_MODE", "verify-full")
    assert load_settings(None).REDIS_SSL
    (tmp_path / "empty.pem").touch()
    monkeypatch.setenv("DB_SSL_ROOT_CERT", str(tmp_path / "empty.pem"))
    monkeypatch.setenv("REDIS_SSL_CA", str(tmp_path / "none.pem"))
    with pytest.raises(StartupError) as caught:
        load_settings(None)
    assert "DB_SSL_ROOT_CERT: Value error, holds no" in str(caught.value)
    assert "REDIS_SSL_CA: Path does not" in str(caught.value)
