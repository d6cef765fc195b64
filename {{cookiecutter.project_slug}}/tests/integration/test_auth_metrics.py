"""Logins and tokens are counted by outcome."""

import re

import httpx2

from {{cookiecutter.module_name}} import constants


async def count(client: httpx2.AsyncClient, name: str, status: str) -> float:
    text = (await client.get("/metrics")).text
    series = re.escape(name + '{status="' + status + '"} ')
    found = re.search(series + r"(\S+)", text)
    return float(found[1]) if found else 0.0


async def test_logins(client: httpx2.AsyncClient) -> None:
    for password, status in (
        ("alice", "success"),
        ("wrong", "invalid_credentials"),
    ):
        before = await count(client, "auth_attempts_total", status)
        await client.post(
            "/auth/login", json={"username": "alice", "password": password}
        )
        after = await count(client, "auth_attempts_total", status)
        assert after == before + 1


async def test_tokens(client: httpx2.AsyncClient) -> None:
    name, status = "auth_token_validations_total", "token_decode_error"
    before = await count(client, name, status)
    await client.get("/api/me", headers={"Authorization": "Bearer junk"})
    assert await count(client, name, status) == before + 1


async def test_what_runs(client: httpx2.AsyncClient) -> None:
    text = (await client.get("/metrics")).text
    assert f'version="{constants.VERSION}"' in text
    assert 'keycloak_key_events_total{event="fetched"}' in text
