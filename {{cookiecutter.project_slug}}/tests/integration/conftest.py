"""Fixtures for tests that reach below HTTP."""

import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database
from {{cookiecutter.module_name}}.storage.histories import History

from tests.issuer import CLIENT_ID, REALM, Issuer
from tests.issuer_server import IssuerServer, serving
from tests.own_postgres import OwnPostgres, own_postgres
from tests.running_service import RunningService

SMALL_REVISION = '''"""Something small."""

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None


def upgrade() -> None:
    op.create_table("small", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("small")
'''


@pytest.fixture
async def database(service_env: Mapping[str, str]) -> AsyncIterator[Database]:
    """On the migrated database of this worker."""
    found = Database(Settings.model_validate(dict(service_env)))
    yield found
    await found.close()


@pytest.fixture(scope="module")
def own_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OwnPostgres]:
    """A PostgreSQL for this module alone, with an empty database."""
    with own_postgres(tmp_path_factory.mktemp("own")) as server:
        yield server


@pytest.fixture
def small_history(tmp_path: Path) -> History:
    """One revision, `first`, that makes the table `small`."""
    (tmp_path / "first.py").write_text(SMALL_REVISION)
    return History.of_extension("small", tmp_path)


type Start = Callable[..., AbstractContextManager[RunningService]]
type Sign = Callable[..., str]


@pytest.fixture(scope="session")
def local_issuer() -> Iterator[Issuer]:
    """Stands where Keycloak would be."""
    with serving(IssuerServer(Issuer())) as server:
        yield server.issuer


@pytest.fixture(scope="session")
def sign(local_issuer: Issuer) -> Sign:
    """`sign(*roles, seconds=300, **claims)`: a token, of a user of its own."""

    def signed(*roles: str, seconds: int = 300, **claims: Any) -> str:
        local_issuer.clock.now = time.time()
        found = {
            "sub": str(uuid.uuid4()),
            "sid": str(uuid.uuid4()),
            "exp": int(time.time()) + seconds,
            "realm_access": {"roles": list(roles)},
            "resource_access": None,
        }
        return local_issuer.token(**{**found, **claims})

    return signed


@pytest.fixture(scope="session")
def start_probe(start_service: Start, local_issuer: Issuer) -> Start:
    """`start_probe(**variables)`: tests/probe on a bus of its own.

    It trusts what `sign` makes.
    """

    def start(**variables: str) -> AbstractContextManager[RunningService]:
        defaults = {
            "KEYCLOAK_BASE_URL": local_issuer.base_url,
            "KEYCLOAK_PUBLIC_URL": local_issuer.base_url,
            "KEYCLOAK_REALM": REALM,
            "KEYCLOAK_CLIENT_ID": CLIENT_ID,
            "LOG_CONSOLE_FORMAT": "json",
            "REDIS_PREFIX": f"test:{uuid.uuid4().hex}:",
        }
        return start_service(module="tests.probe", **{**defaults, **variables})

    return start


@pytest.fixture(scope="session")
def sockets(start_probe: Start) -> Iterator[RunningService]:
    """One with default settings, shared by the tests of the protocol."""
    with start_probe() as service:
        yield service
