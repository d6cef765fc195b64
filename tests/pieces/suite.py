"""Runs in a bake that holds the pieces, with the bake's own fixtures."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx2
import pytest
from tests.running_service import RunningService

StartService = Callable[..., AbstractContextManager[RunningService]]


@pytest.fixture(scope="module")
def greeting_service(start_service: StartService) -> Iterator[RunningService]:
    with start_service(GREETING_TEXT="Good day") as found:
        yield found


def get(
    service: RunningService, path: str, token: str | None = None
) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx2.get(service.url + path, headers=headers)


def test_router_setting_lifespan_and_migration(
    greeting_service: RunningService, token_for: Callable[[str], str]
) -> None:
    reply = get(greeting_service, "/api/greetings", token_for("alice"))
    assert reply.status_code == 200
    assert reply.json()
    assert set(reply.json()) == {"Good day"}


def test_role_is_needed(
    greeting_service: RunningService, token_for: Callable[[str], str]
) -> None:
    assert get(greeting_service, "/api/greetings").status_code == 401
    reply = get(greeting_service, "/api/greetings", token_for("carol"))
    assert reply.status_code == 403
    assert reply.json()["code"] == "permission_denied"
    assert "greet" in reply.text


def test_middleware_stands_after_authentication(
    greeting_service: RunningService, token_for: Callable[[str], str]
) -> None:
    reply = get(greeting_service, "/api/me", token_for("carol"))
    assert reply.headers["X-Greeting"] == "known"
    reply = get(greeting_service, "/health/live")
    assert reply.headers["X-Greeting"] == "stranger"


def test_health_check_is_part_of_health(
    greeting_service: RunningService,
) -> None:
    reply = get(greeting_service, "/health")
    assert reply.json()["greetings"]["status"] == "healthy"


def test_piece_without_its_library_is_skipped_with_one_warning(
    greeting_service: RunningService,
) -> None:
    lines = [
        line
        for line in greeting_service.log.splitlines()
        if "library_that_nobody_has" in line
    ]
    assert len(lines) == 1
    assert "unready" in lines[0]
    assert "skipped" in lines[0]
