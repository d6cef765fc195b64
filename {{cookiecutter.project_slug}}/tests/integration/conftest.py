"""Fixtures for tests that reach below HTTP."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database
from {{cookiecutter.module_name}}.storage.histories import History

from tests.own_postgres import OwnPostgres, own_postgres
from tests.running_service import RunningService

type Start = Callable[..., AbstractContextManager[RunningService]]

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


@pytest.fixture(scope="session")
def sockets(start_probe: Start) -> Iterator[RunningService]:
    """One with default settings, shared by the tests of the protocol."""
    with start_probe() as service:
        yield service
