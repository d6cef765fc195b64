"""Real PostgreSQL, Valkey and Keycloak for all tests that ask for them.

The services start once for a run. `TEST_STACK` may name a JSON file with the
addresses of running ones instead; then nothing is started. Each worker has a
database and a Redis prefix of its own.
"""

import os
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from scripts.stack import Stack, StackAddresses
from tests.realm import ensure_realm, user_token
from tests.running_service import SERVICE, RunningService, running
from tests.scratch_database import scratch_database

pytest_plugins = ["tests.chaos.summary", "tests.local_issuer"]

WITHOUT_SERVICES = ("tests/unit", "tests/contract")
CHAOS = "tests/chaos"
# All tests are one client to the service; those of the limits set their own.
GENEROUS_LIMITS = {
    "RATE_LIMIT_PER_MINUTE": "1000000",
    "LOGIN_RATE_LIMIT_PER_MINUTE": "1000000",
    "WS_MESSAGE_RATE_LIMIT": "100000000",
    "WS_MAX_CONNECTIONS_PER_USER": "100000",
}
# The realm's tokens live for 300 s.
TOKEN_REUSE_SECONDS = 120


def pytest_configure(config: pytest.Config) -> None:
    """With xdist the controller starts the stack, and all workers use it."""
    if hasattr(config, "workerinput") or "TEST_STACK" in os.environ:
        return
    parallel = getattr(config.option, "numprocesses", None)
    if parallel and not _only_without_services(config.args):
        resources = ExitStack()
        config.add_cleanup(resources.close)
        addresses = resources.enter_context(_stack())
        folder = resources.enter_context(_folder())
        file = Path(folder) / "stack.json"
        file.write_text(addresses.to_json())
        os.environ["TEST_STACK"] = str(file)
        resources.callback(os.environ.pop, "TEST_STACK")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Chaos only where its mark or its folder is asked for."""
    asked = "chaos" in config.option.markexpr or any(
        CHAOS in arg for arg in config.args
    )
    if asked:
        return
    chaos = [item for item in items if item.get_closest_marker("chaos")]
    if chaos:
        config.hook.pytest_deselected(items=chaos)
        items[:] = [item for item in items if item not in chaos]


def _only_without_services(args: list[str]) -> bool:
    return bool(args) and all(arg.startswith(WITHOUT_SERVICES) for arg in args)


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="stack-")


@contextmanager
def _stack() -> Iterator[StackAddresses]:
    with _folder() as folder, Stack(Path(folder)) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def stack() -> Iterator[StackAddresses]:
    """The running services."""
    shared = os.environ.get("TEST_STACK")
    if shared:
        yield StackAddresses.from_json(Path(shared).read_text())
        return
    with _stack() as addresses:
        yield addresses


@pytest.fixture(scope="session")
def realm(stack: StackAddresses) -> str:
    """The name of the development realm, which is there."""
    return ensure_realm(stack)


@pytest.fixture(scope="session")
async def database_name(stack: StackAddresses) -> AsyncIterator[str]:
    """A migrated database for this worker."""
    async with scratch_database(stack) as name:
        yield name


@pytest.fixture(scope="session")
def service_env(
    stack: StackAddresses, realm: str, database_name: str
) -> dict[str, str]:
    """What a service needs to run on this worker's part of the stack."""
    return {
        **stack.environment(),
        **GENEROUS_LIMITS,
        "ENV": "dev",
        "DB_NAME": database_name,
        "KEYCLOAK_REALM": realm,
        "REDIS_PREFIX": f"test:{uuid.uuid4().hex}:",
    }


@pytest.fixture
def redis_env(stack: StackAddresses) -> dict[str, str]:
    """What a part needs that only asks Redis; keys of each test's own."""
    prefix = f"test:{uuid.uuid4().hex}:"
    return {**stack.environment(), "REDIS_PREFIX": prefix}


@pytest.fixture(scope="session")
def start_service(
    service_env: dict[str, str],
) -> Callable[..., AbstractContextManager[RunningService]]:
    """`start_service(module=…, **variables)`: one more, for a block."""

    def start(
        module: str = SERVICE, **variables: str
    ) -> AbstractContextManager[RunningService]:
        return running({**service_env, **variables}, module=module)

    return start


@pytest.fixture(scope="session")
def service(service_env: dict[str, str]) -> Iterator[RunningService]:
    """The service, shared by all tests of the worker."""
    with running(service_env) as found:
        yield found


@pytest.fixture(scope="session")
def probe_service(service_env: dict[str, str]) -> Iterator[RunningService]:
    """The service with the routes of tests/probe besides; logs JSON."""
    env = {**service_env, "LOG_CONSOLE_FORMAT": "json"}
    with running(env, module="tests.probe") as found:
        yield found


@pytest.fixture
async def client(
    service: RunningService,
) -> AsyncIterator[httpx2.AsyncClient]:
    """Talks to `service`, without a token."""
    async with httpx2.AsyncClient(base_url=service.url) as found:
        yield found


@pytest.fixture(scope="session")
def token_for(stack: StackAddresses, realm: str) -> Callable[[str], str]:
    """`token_for("alice")`: a fresh enough access token of Keycloak."""
    cache: dict[str, tuple[float, str]] = {}

    def token(username: str) -> str:
        known = cache.get(username)
        if known and time.monotonic() - known[0] < TOKEN_REUSE_SECONDS:
            return known[1]
        fresh = user_token(stack, realm, username)
        cache[username] = (time.monotonic(), fresh)
        return fresh

    return token
