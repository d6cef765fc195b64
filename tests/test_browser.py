"""The rendered /docs in a real browser, against a real Keycloak.

Leaves its screenshots in build/screenshots.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ViewportSize,
)

from scripts.bake import BUILD
from tests.chromium import chromium
from tests.conftest import Bakery, copy_bake
from tests.running_bake import kept
from tests.swagger_ui import SwaggerUI, Traffic, form_of, query_of

pytestmark = pytest.mark.services

SCREENSHOTS = BUILD / "screenshots"
WINDOW = ViewportSize(width=1280, height=900)
TIMEOUT_MILLISECONDS = 20_000
KEEP_SERVICE = """
import asyncio
import sys
from pathlib import Path

from scripts.stack import StackAddresses
from tests.realm import ensure_realm
from tests.running_service import running
from tests.scratch_database import scratch_database


async def main():
    stack = StackAddresses.from_json(Path(sys.argv[1]).read_text())
    environment = stack.environment()
    environment["KEYCLOAK_REALM"] = ensure_realm(stack)
    async with scratch_database(stack) as name:
        with running({**environment, "DB_NAME": name}) as service:
            print("READY", service.url, stack.keycloak_url, flush=True)
            sys.stdin.read()


asyncio.run(main())
"""


@dataclass(frozen=True)
class Site:
    """Where the baked default and its Keycloak answer."""

    service: str
    keycloak: str


@pytest.fixture(scope="module")
def site(
    bakes: Bakery,
    environment: Path,
    stack_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    project = copy_bake(bakes["default"], tmp_path_factory)
    python = environment / "bin/python"
    command = (python, "-c", KEEP_SERVICE, stack_file)
    with kept(command, project) as (service, keycloak):
        yield Site(service, keycloak)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser in which nobody is logged in."""
    context = browser.new_context(viewport=WINDOW)
    context.set_default_timeout(TIMEOUT_MILLISECONDS)
    yield context
    context.close()


@pytest.fixture
def traffic(context: BrowserContext) -> Traffic:
    return Traffic(context)


@pytest.fixture
def docs(context: BrowserContext, traffic: Traffic, site: Site) -> SwaggerUI:
    return SwaggerUI(context.new_page()).open(f"{site.service}/docs")


def take(part: Page | Locator, name: str) -> None:
    part.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_login_and_calls_in_the_browser(
    docs: SwaggerUI, traffic: Traffic, site: Site
) -> None:
    take(docs.page, "1-docs")
    assert traffic.origins == {site.service}
    login = docs.ask_for_login()
    take(docs.page, "2-dialog")
    take(login, "3-keycloak")
    docs.sign_in(login, "alice")
    take(docs.page, "4-authorized")
    docs.close_dialog()
    me = docs.execute("GET", "/api/me")
    take(docs.operation("GET", "/api/me"), "5-me")
    assert (me.status, json.loads(me.body)["username"]) == ("200", "alice")
    new = json.dumps({"name": "Ursula K. Le Guin"})
    assert docs.execute("POST", "/api/authors", new).status == "201"
    listed = docs.execute("GET", "/api/authors")
    take(docs.operation("GET", "/api/authors"), "6-listed")
    assert listed.status == "200"
    assert json.loads(listed.body)[0]["name"] == "Ursula K. Le Guin"
    assert not traffic.complaints
    assert not traffic.failures
    assert traffic.origins == {site.service, site.keycloak}


def test_login_is_by_code_with_pkce(docs: SwaggerUI, traffic: Traffic) -> None:
    docs.log_in("alice")
    asked = query_of(traffic.to("/protocol/openid-connect/auth"))
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid"
    token = traffic.to("/protocol/openid-connect/token", "POST")
    sent = form_of(token)
    assert sent["grant_type"] == "authorization_code"
    assert "client_secret" not in sent
    assert challenge(sent["code_verifier"]) == asked["code_challenge"]
    assert sent["redirect_uri"] == asked["redirect_uri"]


def test_refusal_is_shown_as_a_problem(docs: SwaggerUI) -> None:
    docs.log_in("bob")
    refused = docs.execute("POST", "/api/authors")
    take(docs.operation("POST", "/api/authors"), "7-refused")
    problem = json.loads(refused.body)
    assert refused.status == "403"
    assert problem["status"] == 403
    assert problem["code"] == "permission_denied"
    assert "create-author" in problem["detail"]
    assert "application/problem+json" in refused.headers


def test_call_without_login_is_refused(docs: SwaggerUI) -> None:
    reply = docs.execute("GET", "/api/me")
    assert reply.status == "401"
    assert json.loads(reply.body)["code"] == "not_authenticated"


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
