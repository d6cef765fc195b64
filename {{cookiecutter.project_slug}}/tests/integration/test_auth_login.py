"""Login, renewal and logout through the real Keycloak."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx2
import pytest

from tests.running_service import RunningService, free_port

ALICE = {"username": "alice", "password": "alice"}


async def login(client: httpx2.AsyncClient) -> dict[str, Any]:
    reply = await client.post("/auth/login", json=ALICE)
    assert reply.status_code == 200, reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    pair: dict[str, Any] = reply.json()
    return pair


async def me(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.get(
        "/api/me", headers={"Authorization": f"Bearer {token}"}
    )


async def test_from_login_to_logout(client: httpx2.AsyncClient) -> None:
    pair = await login(client)
    assert set(pair) == {
        "access_token",
        "refresh_token",
        "token_type",
        "expires_in",
        "refresh_expires_in",
    }
    assert (await me(client, pair["access_token"])).status_code == 200

    old = {"refresh_token": pair["refresh_token"]}
    renewed = await client.post("/auth/refresh", json=old)
    assert renewed.status_code == 200
    token = renewed.json()["access_token"]
    assert (await me(client, token)).json()["username"] == "alice"

    new = {"refresh_token": renewed.json()["refresh_token"]}
    ended = await client.post("/auth/logout", json=new)
    assert (ended.status_code, ended.content) == (204, b"")
    again = await client.post("/auth/refresh", json=new)
    assert again.status_code == 401
    assert again.json()["code"] == "invalid_credentials"


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong"},
        {"username": "nobody"},
        {"username": "é\u2028'\"<>"},
    ],
    ids=str,
)
async def test_wrong_credentials(
    client: httpx2.AsyncClient, changes: dict[str, str]
) -> None:
    reply = await client.post("/auth/login", json={**ALICE, **changes})
    assert reply.status_code == 401
    assert reply.json()["code"] == "invalid_credentials"


@pytest.mark.parametrize("path", ["/auth/refresh", "/auth/logout"])
async def test_a_refresh_token_of_nobody(
    client: httpx2.AsyncClient, path: str
) -> None:
    reply = await client.post(path, json={"refresh_token": "a.b.c"})
    assert reply.status_code == 401
    assert reply.json()["code"] == "invalid_credentials"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/auth/login", {"username": "alice"}, "body.password"),
        ("/auth/login", {**ALICE, "scope": "x"}, "body.scope"),
        ("/auth/login", {**ALICE, "username": "a\x00"}, "body.username"),
        ("/auth/login", {**ALICE, "password": "\x00"}, "body.password"),
        ("/auth/login", {**ALICE, "username": "x" * 256}, "body.username"),
        ("/auth/login", {**ALICE, "password": "x" * 1025}, "body.password"),
        ("/auth/login", {**ALICE, "username": ["alice"]}, "body.username"),
        ("/auth/login", {**ALICE, "username": ""}, "body.username"),
        ("/auth/refresh", {}, "body.refresh_token"),
        (
            "/auth/refresh",
            {"refresh_token": "x" * 16_385},
            "body.refresh_token",
        ),
        ("/auth/logout", {"refresh_token": "a\x00"}, "body.refresh_token"),
        ("/auth/logout", {"refresh_token": 5}, "body.refresh_token"),
        ("/auth/logout", ["x"], "body"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_refused_bodies(
    client: httpx2.AsyncClient, path: str, body: object, field: str
) -> None:
    reply = await client.post(path, json=body)
    assert reply.status_code == 422, reply.text
    assert field in [error["field"] for error in reply.json()["errors"]]


async def test_secrets_are_not_repeated(client: httpx2.AsyncClient) -> None:
    body = {**ALICE, "password": "hunter2" * 200}
    reply = await client.post("/auth/login", json=body)
    assert reply.status_code == 422
    assert "hunter2" not in reply.text


def test_password_login_can_be_switched_off(
    start_service: Callable[..., AbstractContextManager[RunningService]],
) -> None:
    with start_service(PASSWORD_LOGIN_ENABLED="false") as service:
        reply = httpx2.post(f"{service.url}/auth/login", json=ALICE)
        assert reply.status_code == 404
        assert reply.json()["code"] == "not_found"
        other = httpx2.post(
            f"{service.url}/auth/refresh", json={"refresh_token": "a.b.c"}
        )
        assert other.status_code == 401


def test_without_keycloak_a_login_is_told_to_come_back(
    start_service: Callable[..., AbstractContextManager[RunningService]],
    token_for: Callable[[str], str],
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with start_service(KEYCLOAK_BASE_URL=nowhere) as service:
        reply = httpx2.post(f"{service.url}/auth/login", json=ALICE)
        assert reply.status_code == 503
        assert reply.json()["code"] == "unavailable"
        token = token_for("alice")
        mine = httpx2.get(
            f"{service.url}/api/me",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert mine.status_code == 503
        assert "Traceback" not in reply.text + mine.text
