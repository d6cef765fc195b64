"""The application as an object: twice in a process, every route guarded."""

from collections.abc import Mapping

import httpx2
import pytest

from {{cookiecutter.module_name}}.app import create_app
from {{cookiecutter.module_name}}.observability.audit import NullAudit
from {{cookiecutter.module_name}}.routing.route_table import RouteTable
from {{cookiecutter.module_name}}.settings import Settings

PUBLIC = {
    ("GET", "/docs"),
    ("GET", "/docs/oauth2-redirect"),
    ("GET", "/docs/{asset}"),
    ("GET", "/openapi.json"),
    ("GET", "/health"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/health/startup"),
    ("GET", "/metrics"),
    ("POST", "/auth/backchannel-logout"),
    ("POST", "/auth/login"),
    ("POST", "/auth/logout"),
    ("POST", "/auth/refresh"),
}


def settings_from(env: Mapping[str, str]) -> Settings:
    return Settings.model_validate(dict(env))


def test_every_route_is_guarded_or_on_the_public_list(
    service_env: Mapping[str, str],
) -> None:
    app = create_app(settings_from(service_env))
    table = RouteTable.of(app)
    unmarked = [e.path for e in table.entries if e.guard is None]
    assert unmarked == []
    public = {
        (method, entry.path)
        for entry in table.entries
        for method in entry.methods
        if entry.public
    }
    assert public == PUBLIC


async def test_two_applications_in_one_process(
    service_env: Mapping[str, str],
) -> None:
    audit = NullAudit()
    first = create_app(settings_from(service_env), overrides={"audit": audit})
    second = create_app(settings_from(service_env))
    async with (
        first.router.lifespan_context(first),
        second.router.lifespan_context(second),
    ):
        assert first.state.context.audit is audit
        assert second.state.context.audit is not audit
        for app in (first, second):
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://test"
            ) as client:
                assert (await client.get("/health/ready")).status_code == 200


def test_an_unknown_override_is_refused(
    service_env: Mapping[str, str],
) -> None:
    with pytest.raises(TypeError, match="audlt"):
        create_app(settings_from(service_env), overrides={"audlt": object()})
