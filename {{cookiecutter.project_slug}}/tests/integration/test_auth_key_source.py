"""Keycloak's keys keep the contract of every KeySource."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from {{cookiecutter.module_name}}.auth import KeySource
from {{cookiecutter.module_name}}.managers.keycloak_keys import KeycloakKeys
from {{cookiecutter.module_name}}.settings import Settings

from scripts.stack import StackAddresses
from tests.contract.key_source import KeySourceContract


@pytest.fixture(scope="module")
def kids(stack: StackAddresses, realm: str) -> dict[str, str]:
    """A key's id by its use."""
    reply = httpx2.get(
        f"{stack.keycloak_url}/realms/{realm}/protocol/openid-connect/certs"
    )
    return {key["use"]: key["kid"] for key in reply.json()["keys"]}


@pytest.fixture
def known_kid(kids: dict[str, str]) -> str:
    return kids["sig"]


@pytest.fixture
def encryption_kid(kids: dict[str, str]) -> str:
    return kids["enc"]


class TestKeysOfKeycloak(KeySourceContract):
    @pytest.fixture
    async def source(
        self, stack: StackAddresses, realm: str
    ) -> AsyncIterator[KeySource]:
        keys = KeycloakKeys(
            Settings(
                KEYCLOAK_BASE_URL=stack.keycloak_url, KEYCLOAK_REALM=realm
            )
        )
        yield keys
        await keys.close()
