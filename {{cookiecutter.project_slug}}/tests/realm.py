"""The development realm in a Keycloak that several projects may share."""

import json
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import httpx2

from scripts.stack import StackAddresses, backchannel, lock

REALM_FILE = (
    Path(__file__).parent.parent / "docker" / "keycloak" / "realm.json"
)


def ensure_realm(stack: StackAddresses) -> str:
    """Imports the realm unless it is there; returns its name.

    One worker at a time: Keycloak fails at two imports side by side.
    """
    realm = backchannel.pointing(json.loads(REALM_FILE.read_text()), None)
    name = str(realm["realm"])
    with (
        one_at_a_time(),
        httpx2.Client(base_url=stack.keycloak_url, timeout=60) as keycloak,
    ):
        if keycloak.get(f"/realms/{name}").status_code != 200:
            _import(keycloak, stack, realm)
    return name


def one_at_a_time() -> AbstractContextManager[None]:
    """For imports; who shares a stack shares the file that names it."""
    shared = os.environ.get("TEST_STACK")
    if shared is None:
        return nullcontext()
    return lock.held(Path(shared).with_suffix(".lock"), lambda: None)


def _import(
    keycloak: httpx2.Client, stack: StackAddresses, realm: dict[str, object]
) -> None:
    token = admin_token(keycloak, stack)
    reply = keycloak.post(
        "/admin/realms",
        json=realm,
        headers={"Authorization": f"Bearer {token}"},
    )
    if reply.status_code != 201:
        raise RuntimeError(f"Keycloak refused the realm: {reply.text}")


def user_token(stack: StackAddresses, realm: str, username: str) -> str:
    """An access token of a user of the realm, whose password is the name."""
    reply = httpx2.post(
        f"{stack.keycloak_url}/realms/{realm}/protocol/openid-connect/token",
        data={
            "grant_type": "password",
            "client_id": _client_id(),
            "username": username,
            "password": username,
            "scope": "openid",
        },
        timeout=30,
    )
    reply.raise_for_status()
    token: str = reply.json()["access_token"]
    return token


def _client_id() -> str:
    realm = json.loads(REALM_FILE.read_text())
    found = [
        client["clientId"]
        for client in realm["clients"]
        if client.get("publicClient")
    ]
    name: str = found[0]
    return name


def admin_token(keycloak: httpx2.Client, stack: StackAddresses) -> str:
    """Of Keycloak's own administrator; lives for a minute."""
    reply = keycloak.post(
        "/realms/master/protocol/openid-connect/token",
        data={
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": stack.admin_username,
            "password": stack.admin_password,
        },
    )
    reply.raise_for_status()
    token: str = reply.json()["access_token"]
    return token
