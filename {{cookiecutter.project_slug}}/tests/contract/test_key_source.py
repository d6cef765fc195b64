"""The local issuer keeps Keycloak's promises, with and without HTTP."""

from collections.abc import AsyncIterator, Iterator

import pytest

from {{cookiecutter.module_name}}.auth import KeySource
from {{cookiecutter.module_name}}.managers.keycloak_keys import KeycloakKeys
from {{cookiecutter.module_name}}.settings import Settings

from tests.contract.key_source import KeySourceContract
from tests.issuer import REALM, Issuer, LocalKeys
from tests.issuer_server import IssuerServer, serving


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def known_kid(issuer: Issuer) -> str:
    return issuer.kid


@pytest.fixture
def encryption_kid() -> str:
    return "for-encryption"


@pytest.fixture(scope="module")
def server(issuer: Issuer) -> Iterator[IssuerServer]:
    with serving(IssuerServer(issuer)) as found:
        yield found


class TestLocalKeys(KeySourceContract):
    @pytest.fixture
    def source(self, issuer: Issuer) -> KeySource:
        return LocalKeys(issuer)


class TestKeycloakKeysOfLocalIssuer(KeySourceContract):
    @pytest.fixture
    async def source(self, server: IssuerServer) -> AsyncIterator[KeySource]:
        keys = KeycloakKeys(
            Settings(
                KEYCLOAK_BASE_URL=server.issuer.base_url, KEYCLOAK_REALM=REALM
            )
        )
        yield keys
        await keys.close()
