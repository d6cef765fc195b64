"""The documents describe what is served, from local files only."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html.parser import HTMLParser

import httpx2
import pytest

from {{cookiecutter.module_name}} import constants

from scripts.stack import StackAddresses
from tests.running_service import RunningService

CLIENT_ID = f"{constants.DISTRIBUTION}-client"
PAGES = ("/docs", "/docs/oauth2-redirect")
ALL = (
    *PAGES,
    "/openapi.json",
    "/docs/init.js",
    "/docs/oauth2-redirect.js",
    "/docs/page.css",
    "/docs/swagger-ui-bundle.js",
    "/docs/swagger-ui.css",
    "/docs/favicon-32x32.png",
)


class Links(HTMLParser):
    """Collects what a page loads and what it holds inline."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []
        self._in_script = False
        self.feed(page)

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self._in_script = tag in ("script", "style")
        self.found += [v for k, v in attrs if v and k in ("src", "href")]
        self.inline += [k for k, _ in attrs if k.startswith(("on", "style"))]

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.inline.append(data)


@pytest.mark.parametrize("path", PAGES)
async def test_pages_load_local_files_only(
    client: httpx2.AsyncClient, path: str
) -> None:
    reply = await client.get(path)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    links = Links(reply.text)
    assert links.inline == []
    assert links.found
    for link in links.found:
        asset = await client.get(str(reply.url.join(link)))
        assert asset.status_code == 200, link
        assert asset.url.host == "127.0.0.1"
        assert len(asset.content) > 100


async def test_scripts_name_no_other_server(
    client: httpx2.AsyncClient,
) -> None:
    for path in ("/docs/init.js", "/docs/oauth2-redirect.js"):
        script = (await client.get(path)).text
        assert not re.search(r"https?://", script)


async def test_the_policy_lets_scripts_come_from_here_only(
    client: httpx2.AsyncClient, stack: StackAddresses
) -> None:
    policy = (await client.get("/docs")).headers["Content-Security-Policy"]
    rules = dict(
        rule.strip().split(" ", 1) for rule in policy.split(";") if rule
    )
    assert rules["script-src"] == "'self'"
    assert rules["connect-src"] == f"'self' {stack.keycloak_url}"


async def test_the_page_knows_its_client(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/docs")).text
    assert f'data-client-id="{CLIENT_ID}"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/docs/nothing.js",
        "/docs/../settings",
        "/docs/%2e%2e%2fdocs.py",
        "/docs/__init__.py",
        "/docs/index.html",
        "/redoc",
    ],
)
async def test_nothing_else_is_to_be_had(
    client: httpx2.AsyncClient, path: str
) -> None:
    assert (await client.get(path)).status_code == 404


def test_all_of_it_can_be_switched_off(
    start_service: Callable[..., AbstractContextManager[RunningService]],
) -> None:
    with start_service(DOCS_ENABLED="false") as service:
        for path in ALL:
            reply = httpx2.get(f"{service.url}{path}")
            assert (path, reply.status_code) == (path, 404)


async def test_operations_say_who_may_call_them(
    client: httpx2.AsyncClient, stack: StackAddresses, realm: str
) -> None:
    document = (await client.get("/openapi.json")).json()
    schemes = document["components"]["securitySchemes"]
    assert schemes["bearer"]["scheme"] == "bearer"
    flow = schemes["keycloak"]["flows"]["authorizationCode"]
    realm_url = f"{stack.keycloak_url}/realms/{realm}"
    assert flow["tokenUrl"].startswith(f"{realm_url}/")
    paths = document["paths"]
    assert paths["/auth/login"]["post"]["security"] == []
    assert paths["/health"]["get"]["security"] == []
    assert paths["/api/me"]["get"]["security"] == [
        {"keycloak": ["openid"]},
        {"bearer": []},
    ]


async def test_errors_are_described_as_they_are_sent(
    client: httpx2.AsyncClient,
) -> None:
    document = (await client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    assert {"ProblemDetails", "ProblemField"} <= set(schemas)
    responses = document["paths"]["/auth/login"]["post"]["responses"]
    assert list(responses["422"]["content"]) == ["application/problem+json"]
    assert "401" in document["paths"]["/api/me"]["get"]["responses"]
