"""An empty database of one's own for each test."""

from collections.abc import AsyncIterator, Mapping

import asyncpg
import pytest

from {{cookiecutter.module_name}}.settings import Settings

from scripts.stack import StackAddresses
from tests.scratch_database import scratch_database


@pytest.fixture
async def empty_env(stack: StackAddresses) -> AsyncIterator[dict[str, str]]:
    """What leads a service there."""
    async with scratch_database(stack, migrated=False) as name:
        yield {**stack.environment(), "DB_NAME": name}


@pytest.fixture
def settings(empty_env: Mapping[str, str]) -> Settings:
    """The same for who does not read the environment."""
    return Settings.model_validate(dict(empty_env))


@pytest.fixture
async def connection(
    empty_env: Mapping[str, str],
) -> AsyncIterator[asyncpg.Connection]:
    """Another client's."""
    found = await asyncpg.connect(
        host=empty_env["DB_HOST"],
        port=int(empty_env["DB_PORT"]),
        user=empty_env["DB_USER"],
        password=empty_env["DB_PASSWORD"],
        database=empty_env["DB_NAME"],
    )
    yield found
    await found.close()
