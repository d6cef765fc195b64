"""Fixtures for services that trust an issuer of the tests' own."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.issuer import CLIENT_ID, REALM, Issuer
from tests.issuer_server import IssuerServer, serving
from tests.running_service import RunningService

type Start = Callable[..., AbstractContextManager[RunningService]]
type Sign = Callable[..., str]


@pytest.fixture(scope="session")
def local_issuer() -> Iterator[Issuer]:
    """Stands where Keycloak would be."""
    with serving(IssuerServer(Issuer())) as server:
        yield server.issuer


@pytest.fixture(scope="session")
def sign(local_issuer: Issuer) -> Sign:
    """`sign(*roles, seconds=300, **claims)`: a token, of a user of its own."""

    def signed(*roles: str, seconds: int = 300, **claims: Any) -> str:
        local_issuer.clock.now = time.time()
        found = {
            "sub": str(uuid.uuid4()),
            "sid": str(uuid.uuid4()),
            "exp": int(time.time()) + seconds,
            "realm_access": {"roles": list(roles)},
            "resource_access": None,
        }
        return local_issuer.token(**{**found, **claims})

    return signed


@pytest.fixture(scope="session")
def sign_logout(local_issuer: Issuer) -> Sign:
    """`sign_logout(sid=…)`: what Keycloak's back channel would bring."""

    def signed(**claims: Any) -> str:
        local_issuer.clock.now = time.time()
        return local_issuer.logout_token(**claims)

    return signed


@pytest.fixture(scope="session")
def start_probe(start_service: Start, local_issuer: Issuer) -> Start:
    """`start_probe(**variables)`: tests/probe on a bus of its own.

    It trusts what `sign` makes.
    """

    def start(**variables: str) -> AbstractContextManager[RunningService]:
        defaults = {
            "KEYCLOAK_BASE_URL": local_issuer.base_url,
            "KEYCLOAK_PUBLIC_URL": local_issuer.base_url,
            "KEYCLOAK_REALM": REALM,
            "KEYCLOAK_CLIENT_ID": CLIENT_ID,
            "LOG_CONSOLE_FORMAT": "json",
            "REDIS_PREFIX": f"test:{uuid.uuid4().hex}:",
        }
        return start_service(module="tests.probe", **{**defaults, **variables})

    return start
