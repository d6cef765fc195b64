"""`make token AS=alice`: prints an access token and nothing else."""

import argparse
import os
import sys
from pathlib import Path

import httpx2

from scripts.running import Running
from scripts.stack.problem import StackError

_TIMEOUT_SECONDS = 10.0


def fetch_token(running: Running, username: str, password: str) -> str:
    """An access token of the realm; raises StackError with the reason."""
    form = {
        "grant_type": "password",
        "client_id": running.client_id,
        "username": username,
        "password": password,
        "scope": "openid",
    }
    secret = os.environ.get("KEYCLOAK_CLIENT_SECRET")
    if secret:
        form["client_secret"] = secret
    try:
        reply = httpx2.post(
            running.token_url,
            data=form,
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
        )
    except httpx2.HTTPError as error:
        raise StackError(
            f"Keycloak does not answer at {running.keycloak_url}"
            f" ({type(error).__name__})",
            "start it with `make up`",
        ) from error
    return _token(reply, running, username)


def _token(reply: httpx2.Response, running: Running, username: str) -> str:
    if reply.status_code == httpx2.codes.NOT_FOUND:
        raise StackError(
            f"Keycloak has no realm {running.realm}",
            "set KEYCLOAK_REALM, or start anew with `make reset`",
        )
    try:
        answer = reply.json()
    except ValueError:
        answer = {}
    if reply.status_code != httpx2.codes.OK:
        told = answer.get("error_description") or answer.get("error")
        raise StackError(
            f"Keycloak refuses {username}: {told or reply.status_code}",
            "name a user of the realm (AS=alice) and PASSWORD=… where it is"
            " not the name",
        )
    token: str = answer["access_token"]
    return token


def main() -> int:
    """0 with a token on standard output, 1 with one line of reason."""
    parser = argparse.ArgumentParser(prog="python -m scripts.get_token")
    parser.add_argument("username", nargs="?", default="alice")
    username = parser.parse_args().username
    # Not an argument: those are seen by everybody.
    password = os.environ.get("PASSWORD") or username
    try:
        print(fetch_token(Running.find(Path.cwd()), username, password))
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
