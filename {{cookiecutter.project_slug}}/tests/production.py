"""Servers that ENV=production takes: none of them with a known password."""

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import asyncpg

PASSWORD = "one-of-ours"


@asynccontextmanager
async def production(
    service_env: Mapping[str, str], redis: Mapping[str, str]
) -> AsyncIterator[dict[str, str]]:
    """The environment: the same database under a login of its own."""
    name = f"production_{uuid.uuid4().hex}"
    server = await asyncpg.connect(
        host=service_env["DB_HOST"],
        port=int(service_env["DB_PORT"]),
        user=service_env["DB_USER"],
        password=service_env["DB_PASSWORD"],
        database="postgres",
    )
    await server.execute(
        f"CREATE ROLE {name} SUPERUSER LOGIN PASSWORD '{PASSWORD}'"
    )
    try:
        yield {
            **service_env,
            **redis,
            "ENV": "production",
            "DB_USER": name,
            "DB_PASSWORD": PASSWORD,
            "KEYCLOAK_ADMIN_PASSWORD": PASSWORD,
            "KEYCLOAK_PUBLIC_URL": "https://login.example.com",
            "ALLOWED_HOSTS": '["127.0.0.1"]',
        }
    finally:
        await server.execute(f"DROP ROLE {name}")
        await server.close()
