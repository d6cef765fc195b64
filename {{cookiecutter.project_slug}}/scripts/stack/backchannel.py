"""Where Keycloak tells of logouts: the service's address, which changes."""

import copy
from typing import Any
from urllib.parse import urlsplit

import httpx2

from scripts.stack.artifact import Say

type Json = dict[str, Any]

PATH = "/auth/backchannel-logout"
_URL = "backchannel.logout.url"
_LOOPBACK = ("127.0.0.1", "localhost")
_SECONDS = 10.0


def address(port: int) -> str:
    """Of the service on this machine."""
    return f"http://127.0.0.1:{port}{PATH}"


def pointing(realm: Json, url: str | None) -> Json:
    """The realm with `url` where it has one; without any when it is None."""
    changed = copy.deepcopy(realm)
    for client in changed["clients"]:
        attributes = client.get("attributes", {})
        if _URL in attributes and url is None:
            del attributes[_URL]
        elif _URL in attributes:
            attributes[_URL] = url
    return changed


def point(
    keycloak: str,
    admin: tuple[str, str],
    realm: str,
    client_id: str,
    url: str,
    say: Say,
) -> None:
    """A realm is imported once; this one may know an older address.

    An address on another machine was chosen by somebody and stays.
    """
    try:
        with httpx2.Client(base_url=keycloak, timeout=_SECONDS) as http:
            http.headers["Authorization"] = f"Bearer {_token(http, admin)}"
            path = f"/admin/realms/{realm}/clients"
            found = http.get(path, params={"clientId": client_id})
            for client in found.raise_for_status().json():
                known = client["attributes"].get(_URL)
                if known == url or not _is_ours(known):
                    continue
                client["attributes"][_URL] = url
                reply = http.put(f"{path}/{client['id']}", json=client)
                reply.raise_for_status()
    except (httpx2.HTTPError, LookupError, ValueError) as error:
        say(
            "Keycloak was not told where the service is: logouts there do"
            f" not end sessions here ({type(error).__name__})"
        )


def _token(http: httpx2.Client, admin: tuple[str, str]) -> str:
    username, password = admin
    reply = http.post(
        "/realms/master/protocol/openid-connect/token",
        data={
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": username,
            "password": password,
        },
    )
    token: str = reply.raise_for_status().json()["access_token"]
    return token


def _is_ours(url: str | None) -> bool:
    return not url or urlsplit(url).hostname in _LOOPBACK
