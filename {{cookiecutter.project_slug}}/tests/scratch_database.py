"""A migrated database of one's own, dropped in the end."""

import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from scripts.stack import StackAddresses

ROOT = Path(__file__).parent.parent


@asynccontextmanager
async def scratch_database(
    stack: StackAddresses, *, migrated: bool = True
) -> AsyncIterator[str]:
    """The name of a fresh database on the stack's server."""
    name = f"test_{uuid.uuid4().hex}"
    server = await asyncpg.connect(
        host=stack.db_host,
        port=stack.db_port,
        user=stack.db_user,
        password=stack.db_password,
        database="postgres",
    )
    try:
        await server.execute(f'CREATE DATABASE "{name}"')
        if migrated:
            migrate({**stack.environment(), "DB_NAME": name})
        yield name
    finally:
        await server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await server.close()


def migrate(env: Mapping[str, str], *arguments: str) -> str:
    """`python -m scripts.migrate`, upgrade by default; returns its output."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "scripts.migrate",
            *(arguments or ("upgrade",)),
        ],
        cwd=ROOT,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"Migration failed: {done.stdout}{done.stderr}")
    return done.stdout
