"""Keycloak knows where the service is, also after that has moved."""

import json
from collections.abc import Iterator

import pytest

from scripts.stack import StackAddresses, backchannel
from scripts.stack.stack import REALM_FILE
from tests.own_realm import CLIENT_ID, OwnRealm, own_realm
from tests.running_service import free_port

URL = "backchannel.logout.url"


@pytest.fixture(scope="module")
def realm(stack: StackAddresses) -> Iterator[OwnRealm]:
    with own_realm(stack) as found:
        yield found


def known(realm: OwnRealm) -> str | None:
    client = realm.admin("GET", f"clients?clientId={CLIENT_ID}").json()[0]
    found: str | None = client["attributes"].get(URL)
    return found


def point(realm: OwnRealm, port: int, keycloak: str | None = None) -> str:
    said: list[str] = []
    stack = realm.stack
    backchannel.point(
        keycloak or stack.keycloak_url,
        (stack.admin_username, stack.admin_password),
        realm.name,
        CLIENT_ID,
        backchannel.address(port),
        said.append,
    )
    return "".join(said)


def test_it_follows_the_port(realm: OwnRealm) -> None:
    for port in (8000, 8001, 8001):
        assert point(realm, port) == ""
        assert known(realm) == backchannel.address(port)


def test_an_address_elsewhere_stays(realm: OwnRealm) -> None:
    realm.call_back("https://app.example.com")
    assert point(realm, 8000) == ""
    assert known(realm) == f"https://app.example.com{backchannel.PATH}"


def test_a_failure_is_said_and_no_more(realm: OwnRealm) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    assert "do not end sessions here" in point(realm, 8000, nowhere)


def test_the_realm_of_make_up_and_that_of_the_tests() -> None:
    written = json.loads(REALM_FILE.read_text())
    for url in (backchannel.address(8123), None):
        changed = backchannel.pointing(written, url)
        people, machines = changed["clients"]
        assert people["attributes"].get(URL) == url
        assert URL not in machines.get("attributes", {})
    (people, _) = written["clients"]
    assert people["attributes"][URL] == backchannel.address(8000)
    assert (
        people["attributes"]["backchannel.logout.session.required"] == "true"
    )
