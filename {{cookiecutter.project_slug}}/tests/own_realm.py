"""A realm for one module, which may log out whom it likes."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from joserfc.jws import extract_compact

from scripts.stack import StackAddresses
from tests.realm import admin_token, one_at_a_time

CLIENT_ID = "own-client"
DORA = "dora"
BACKCHANNEL = "/auth/backchannel-logout"

type Json = dict[str, Any]


def claims_of(token: str) -> Json:
    """What it says; nothing is verified."""
    found: Json = json.loads(extract_compact(token.encode()).payload)
    return found


@dataclass(frozen=True)
class OwnRealm:
    """One public client, one user whose password is her name."""

    stack: StackAddresses
    http: httpx2.Client
    name: str

    @property
    def environment(self) -> dict[str, str]:
        """How the service's settings name it."""
        return {"KEYCLOAK_REALM": self.name, "KEYCLOAK_CLIENT_ID": CLIENT_ID}

    def log_in(self) -> Json:
        """Tokens of a new session."""
        login = {"username": DORA, "password": DORA, "scope": "openid"}
        reply = self._protocol("token", grant_type="password", **login)
        pair: Json = reply.json()
        return pair

    def refresh(self, refresh_token: str) -> Json:
        """Newer tokens of the same session."""
        reply = self._protocol(
            "token", grant_type="refresh_token", refresh_token=refresh_token
        )
        pair: Json = reply.json()
        return pair

    def log_out(self, refresh_token: str) -> None:
        """As an application of its own would."""
        self._protocol("logout", refresh_token=refresh_token)

    def log_out_in_browser(self, id_token: str) -> None:
        """What a link to Keycloak's end of the session does."""
        self.http.get(
            f"/realms/{self.name}/protocol/openid-connect/logout",
            params={"id_token_hint": id_token},
        ).raise_for_status()

    def end_session(self, session_id: str) -> None:
        """By an administrator."""
        self.admin("DELETE", f"sessions/{session_id}")

    def log_out_user(self, user_id: str) -> None:
        """By an administrator; all sessions."""
        self.admin("POST", f"users/{user_id}/logout")

    def call_back(self, url: str, *, naming_sessions: bool = True) -> None:
        """Logouts are told to the service there."""
        client = self.admin("GET", f"clients?clientId={CLIENT_ID}").json()[0]
        client["attributes"].update(_backchannel(url, naming_sessions))
        self.admin("PUT", f"clients/{client['id']}", client)

    def admin(
        self, method: str, path: str, body: Json | None = None
    ) -> httpx2.Response:
        """Asks as the administrator."""
        token = admin_token(self.http, self.stack)
        reply = self.http.request(
            method,
            f"/admin/realms/{self.name}/{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
        )
        return reply.raise_for_status()

    def _protocol(self, endpoint: str, **form: str) -> httpx2.Response:
        reply = self.http.post(
            f"/realms/{self.name}/protocol/openid-connect/{endpoint}",
            data={"client_id": CLIENT_ID, **form},
        )
        return reply.raise_for_status()


@contextmanager
def own_realm(stack: StackAddresses) -> Iterator[OwnRealm]:
    """There until the block ends."""
    name = f"own-{uuid.uuid4().hex}"
    with httpx2.Client(base_url=stack.keycloak_url, timeout=60) as http:
        realm = OwnRealm(stack, http, name)
        with one_at_a_time():
            _manage(realm, "POST", "/admin/realms", _document(name))
        try:
            yield realm
        finally:
            _manage(realm, "DELETE", f"/admin/realms/{name}", None)


def _manage(
    realm: OwnRealm, method: str, path: str, body: Json | None
) -> None:
    token = admin_token(realm.http, realm.stack)
    headers = {"Authorization": f"Bearer {token}"}
    reply = realm.http.request(method, path, json=body, headers=headers)
    reply.raise_for_status()


def _document(name: str) -> Json:
    return {
        "realm": name,
        "enabled": True,
        "clients": [
            {
                "clientId": CLIENT_ID,
                "publicClient": True,
                "directAccessGrantsEnabled": True,
            }
        ],
        "users": [
            {
                "username": DORA,
                "enabled": True,
                "email": "dora@example.com",
                "firstName": "Dora",
                "lastName": "Own",
                "credentials": [{"type": "password", "value": DORA}],
            }
        ],
    }


def _backchannel(url: str, naming_sessions: bool) -> dict[str, str]:
    return {
        "backchannel.logout.url": url + BACKCHANNEL,
        "backchannel.logout.session.required": str(naming_sessions).lower(),
    }
