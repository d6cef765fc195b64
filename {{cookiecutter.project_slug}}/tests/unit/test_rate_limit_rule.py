"""Rules beside the code they guard."""

import pytest
from fastapi import APIRouter, Depends, FastAPI

from {{cookiecutter.module_name}}.dependencies.permissions import public
from {{cookiecutter.module_name}}.dependencies.rate_limit import rate_limit
from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.protection.rate_limit_rule import (
    By,
    RateLimit,
    Subject,
    require_settings,
)
from {{cookiecutter.module_name}}.routing.route_table import RouteTable
from {{cookiecutter.module_name}}.settings import Settings

SETTINGS = Settings()
USER = Subject("u1", "203.0.113.7")
NOBODY = Subject(None, "2001:db8::1")


@pytest.mark.parametrize(
    ("subject", "by", "counted"),
    [
        (USER, "user", "user:u1"),
        (USER, "address", "address:203.0.113.7"),
        (NOBODY, "user", "address:2001:db8::/64"),
        (NOBODY, "address", "address:2001:db8::/64"),
    ],
)
def test_who_is_counted(subject: Subject, by: By, counted: str) -> None:
    check = RateLimit(5, by=by).check("route", "GET /", subject)
    assert check.key == f"route:GET /:60:{counted}"
    assert check.kind == "route"


def test_windows_do_not_share_a_key() -> None:
    """Else the shorter would throw out what the longer has to count."""
    minute, hour = RateLimit(5), RateLimit(5, window_seconds=3600)
    keys = {r.check("route", "x", USER).key for r in (minute, hour)}
    assert len(keys) == 2


def test_a_setting_is_named() -> None:
    require_settings([RateLimit("RATE_LIMIT_PER_MINUTE")], SETTINGS)


@pytest.mark.parametrize(
    "name",
    ["RATE_LIMIT_PER_HOUR", "DB_HOST", "RATE_LIMIT_ENABLED", "password_login"],
)
def test_another_name_is_refused_with_the_fix(name: str) -> None:
    with pytest.raises(StartupError, match=f"{name}.*Fix: "):
        require_settings([RateLimit(1), RateLimit(name)], SETTINGS)


@pytest.mark.parametrize(
    ("limit", "window", "burst"),
    [(0, 60, 0), (-1, 60, 5), (1, 60, -1), (1, 0, 0)],
)
def test_what_lets_nobody_through_is_refused(
    limit: int, window: int, burst: int
) -> None:
    with pytest.raises(ValueError, match="nobody"):
        RateLimit(limit, window, burst)


async def nothing() -> None:
    """A route."""


def test_the_route_table_tells_a_route_of_all_its_limits() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    outer = APIRouter(
        prefix="/a",
        dependencies=[Depends(public()), Depends(rate_limit(100))],
    )
    inner = APIRouter(prefix="/b", dependencies=[Depends(rate_limit(10))])
    own = [Depends(rate_limit(1)), Depends(rate_limit(10))]
    inner.add_api_route("", nothing, methods=["PUT"], dependencies=own)
    outer.add_api_route("/plain", nothing)
    outer.include_router(inner)
    app.include_router(outer)
    entries = {entry.title: entry for entry in RouteTable.of(app).entries}
    found = {
        title: [rule.limit for rule in entry.limits]
        for title, entry in entries.items()
    }
    assert found == {"GET /a/plain": [100], "PUT /a/b": [100, 10, 1]}
    assert entries["PUT /a/b"].public


def test_the_route_table_tries_in_the_order_of_the_routes() -> None:
    """As the router does, else a rule might be another route's."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for path, method in (
        ("/{name}", "GET"),
        ("/one", "GET"),
        ("/one", "POST"),
        ("/two", "POST"),
    ):
        app.add_api_route(path, nothing, methods=[method])
    table = RouteTable.of(app)
    for asked, found in (
        ("GET /one", "GET /{name}"),
        ("POST /one", "POST /one"),
        ("GET /two", "GET /{name}"),
        ("PUT /two", "GET /{name}"),
    ):
        entry = table.match(*asked.split())
        assert entry is not None
        assert entry.title == found
