"""ENV=production: what it refuses before it serves, and what it hides."""

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import httpx2
import pytest
from redis import Redis

from tests.own_valkey import OwnValkey, own_valkey
from tests.production import production
from tests.running_service import (
    exit_code,
    free_port,
    running,
    spawn,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnValkey]:
    with own_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="module")
async def environment(
    service_env: Mapping[str, str], valkey: OwnValkey
) -> AsyncIterator[dict[str, str]]:
    async with production(service_env, valkey.environment) as found:
        yield found


@pytest.fixture
def evicting(valkey: OwnValkey) -> Iterator[None]:
    policy = "maxmemory-policy"
    with Redis(
        port=int(valkey.environment["REDIS_PORT"]),
        password=valkey.environment["REDIS_PASSWORD"],
    ) as client:
        client.config_set(policy, "volatile-lru")
        yield
        client.config_set(policy, "noeviction")


def refusal(environment: Mapping[str, str], folder: Path) -> str:
    """What it says when it does not start."""
    log = folder / "service.log"
    port = str(free_port())
    changes = {**environment, "APP_PORT": port, "LOG_DIR": str(folder)}
    with spawn(changes, log) as process:
        assert exit_code(process) == 1
    said = [line for line in log.read_text().splitlines() if "Fix:" in line]
    assert len(said) == 1, log.read_text()
    return said[0]


def test_the_parts_and_the_docs_are_hidden(
    environment: dict[str, str],
) -> None:
    with running(environment) as service:
        body = httpx2.get(f"{service.url}/health").json()
        assert body == {"status": "healthy"}
        reply = httpx2.get(f"{service.url}/nowhere")
        assert "strict-transport-security" in reply.headers
        for path in ("/docs", "/openapi.json", "/redoc"):
            assert httpx2.get(f"{service.url}{path}").status_code == 404
        assert "evicts" not in service.log


@pytest.mark.parametrize("workers", ["1", "2"])
def test_all_findings_come_at_once(
    environment: dict[str, str],
    evicting: None,
    tmp_path: Path,
    workers: str,
) -> None:
    said = refusal(
        {
            **environment,
            "WORKERS": workers,
            # Not even asked: what it would say comes later.
            "DB_PORT": str(free_port()),
            "DB_PASSWORD": "postgres",
            "KEYCLOAK_ADMIN_PASSWORD": "admin",
            "KEYCLOAK_PUBLIC_URL": "http://login.example.com",
            "ALLOWED_HOSTS": '["*"]',
            "ALLOWED_WS_ORIGINS": '["*"]',
            "CORS_ALLOWED_ORIGINS": '["*"]',
        },
        tmp_path,
    )
    for name in (
        "DB_PASSWORD",
        "KEYCLOAK_ADMIN_PASSWORD",
        "KEYCLOAK_PUBLIC_URL",
        "ALLOWED_HOSTS",
        "ALLOWED_WS_ORIGINS",
        "CORS_ALLOWED_ORIGINS",
        "REDIS_IP names a Redis that evicts keys by volatile-lru",
    ):
        assert name in said


def test_an_evicting_redis_is_enough(
    environment: dict[str, str], evicting: None, tmp_path: Path
) -> None:
    assert "noeviction" in refusal(environment, tmp_path)


def test_a_redis_that_is_away_cannot_be_asked(
    environment: dict[str, str],
) -> None:
    with running({**environment, "REDIS_PORT": str(free_port())}) as service:
        assert "Nobody knows whether Redis evicts keys" in service.log


def test_elsewhere_nothing_is_checked(
    environment: dict[str, str], evicting: None
) -> None:
    with running({**environment, "ENV": "staging"}) as service:
        assert "evicts" not in service.log
