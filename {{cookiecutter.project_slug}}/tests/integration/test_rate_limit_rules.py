"""Limits beside the routes and packages that they guard."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager

import httpx2
import pytest
from fastapi import APIRouter, Depends

from {{cookiecutter.module_name}} import app as app_module
from {{cookiecutter.module_name}}.app import create_app
from {{cookiecutter.module_name}}.dependencies.permissions import public
from {{cookiecutter.module_name}}.dependencies.rate_limit import rate_limit
from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings import Settings

from tests.counters import metric
from tests.probe.limited_packages import LIMITED, OPEN_LIMITED
from tests.running_service import RunningService
from tests.ws_client import Json, WebSocketClient, connect

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]

LOGINS = 4


@pytest.fixture(scope="module")
def service(start_probe: Start) -> Iterator[RunningService]:
    with start_probe(
        LOGIN_RATE_LIMIT_PER_MINUTE=str(LOGINS),
        TRUSTED_PROXIES='["127.0.0.1"]',
        WS_ALLOW_ANONYMOUS="true",
    ) as found:
        yield found


@pytest.fixture
async def client(service: RunningService) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=service.url) as found:
        yield found


def at(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


async def statuses(
    client: httpx2.AsyncClient, path: str, times: int, headers: dict[str, str]
) -> list[int]:
    replies = [await client.get(path, headers=headers) for _ in range(times)]
    return [reply.status_code for reply in replies]


async def test_the_tightest_limit_is_told(client: httpx2.AsyncClient) -> None:
    headers = at("198.51.100.1")
    reply = await client.get("/probe/limited/twice", headers=headers)
    assert reply.headers["x-ratelimit-limit"] == "2"
    assert reply.headers["x-ratelimit-remaining"] == "1"


async def test_routes_count_for_themselves(
    client: httpx2.AsyncClient, service: RunningService
) -> None:
    headers = at("198.51.100.2")
    series = 'rate_limit_hits_total{limit_type="route"}'
    before = await metric(service.url, series)
    found = await statuses(client, "/probe/limited/twice", 4, headers)
    assert found == [200, 200, 429, 429]
    found = await statuses(client, "/probe/limited/thrice", 4, headers)
    assert found == [200, 200, 200, 429]
    found = await statuses(client, "/api/me", 1, headers)
    assert found == [401]
    assert await metric(service.url, series) == before + 3


async def test_a_newline_at_the_end_is_no_way_around(
    client: httpx2.AsyncClient,
) -> None:
    headers = at("198.51.100.9")
    found = await statuses(client, "/probe/limited/twice%0A", 3, headers)
    assert found == [200, 200, 429]


async def test_another_method_is_not_the_route(
    client: httpx2.AsyncClient,
) -> None:
    headers = at("198.51.100.3")
    for _ in range(4):
        reply = await client.delete("/probe/limited/twice", headers=headers)
        assert reply.status_code == 405
    found = await statuses(client, "/probe/limited/twice", 1, headers)
    assert found == [200]


async def test_by_address_whoever_it_is(
    client: httpx2.AsyncClient, sign: Sign
) -> None:
    found = []
    for address in ("198.51.100.4", "198.51.100.5"):
        for _ in range(3):
            headers = {**at(address), "Authorization": f"Bearer {sign()}"}
            found += await statuses(
                client, "/probe/limited/by-address", 1, headers
            )
    assert found == [200, 200, 429] * 2


async def test_passwords_are_tried_in_so_often(
    client: httpx2.AsyncClient, sign: Sign
) -> None:
    """Also with names that differ, and by who has logged in."""
    found = []
    for number in range(LOGINS + 2):
        headers = at("198.51.100.6")
        if number % 2:
            headers["Authorization"] = f"Bearer {sign()}"
        reply = await client.post(
            "/auth/login",
            json={"username": f"user{number}", "password": "guess"},
            headers=headers,
        )
        found.append(reply.status_code)
    assert found[LOGINS:] == [429, 429]
    assert 429 not in found[:LOGINS]


async def ask_all(
    client: WebSocketClient, pkg_id: int, times: int
) -> list[Json]:
    return [await client.ask(pkg_id) for _ in range(times)]


async def test_a_package_has_its_limit_for_each_user(
    service: RunningService, sign: Sign
) -> None:
    series = 'rate_limit_hits_total{limit_type="package"}'
    before = await metric(service.url, series)
    token = sign(sub="limited-user")
    async with connect(service.url, token) as one:
        first = await ask_all(one, LIMITED, 2)
        async with connect(service.url, token) as other:
            second = await ask_all(other, LIMITED, 2)
        assert [r["status_code"] for r in first + second] == [0, 0, 0, 1]
        data = second[-1]["data"]
        assert data["code"] == "rate_limited"
        assert 0 < data["retry_after"] <= 60
        # Others of the socket are not limited by it.
        assert (await one.ask(OPEN_LIMITED))["status_code"] == 0
    async with connect(service.url, sign()) as somebody:
        assert (await somebody.ask(LIMITED))["status_code"] == 0
    assert await metric(service.url, series) == before + 1


async def test_a_package_without_login_counts_by_address(
    service: RunningService,
) -> None:
    found = []
    for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"):
        async with connect(service.url, headers=at(address)) as client:
            found += await ask_all(client, OPEN_LIMITED, 2)
    assert [reply["status_code"] for reply in found] == [0, 0, 1, 1, 0, 0]


def test_a_rule_without_its_setting_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = rate_limit("LOGINS_PER_FORTNIGHT")
    router = APIRouter(dependencies=[Depends(public()), Depends(rule)])
    router.add_api_route("/odd", lambda: None)
    monkeypatch.setattr(app_module, "collect_subrouters", lambda _: [router])
    with pytest.raises(StartupError, match="LOGINS_PER_FORTNIGHT"):
        create_app(Settings())
