"""`make smoke`: logs in and calls whatever runs; 0 when all replies are well.

Calls /api/me and each GET operation of /openapi.json that asks for a login
and needs no parameter; then the same login over the WebSocket.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

from scripts.get_token import fetch_token
from scripts.running import Running
from scripts.smoke_socket import converse
from scripts.stack.problem import StackError

_USER = "alice"
_WIDTH = 100
_TIMEOUT_SECONDS = 10.0
_ME = "/api/me"


class Smoke:
    """Calls one service and prints each reply in a line."""

    def __init__(self, client: httpx2.Client, running: Running) -> None:
        self._client = client
        self._running = running

    def run(self) -> int:
        """The number of calls; raises StackError at the first bad reply."""
        self._call("/health/ready", 200)
        begun = time.monotonic()
        token = fetch_token(self._running, _USER, _USER)
        _print("token", _USER, f"{len(token)} bytes", begun)
        self._call(_ME, 401)
        guarded = {"Authorization": f"Bearer {token}"}
        paths = list(dict.fromkeys([_ME, *self._guarded_paths()]))
        for path in paths:
            self._call(path, 200, guarded)
        return len(paths) + 2 + converse(self._running.app_url, token)

    def _call(
        self, path: str, expected: int, headers: dict[str, str] | None = None
    ) -> None:
        begun = time.monotonic()
        reply = self._get(path, headers)
        text = " ".join(reply.text.split())[:_WIDTH]
        _print("GET", path, f"{reply.status_code} {text}", begun)
        if reply.status_code != expected:
            raise StackError(
                f"GET {path} answered {reply.status_code} and not {expected}",
                "see what the service wrote",
            )

    def _get(
        self, path: str, headers: dict[str, str] | None
    ) -> httpx2.Response:
        try:
            return self._client.get(path, headers=headers)
        except httpx2.HTTPError as error:
            raise StackError(
                f"nothing answers at {self._running.app_url}"
                f" ({type(error).__name__})",
                "start the service with `make up`",
            ) from error

    def _guarded_paths(self) -> Iterator[str]:
        reply = self._get("/openapi.json", None)
        if reply.status_code == httpx2.codes.NOT_FOUND:  # not in production
            return
        for path, operations in reply.json()["paths"].items():
            operation = operations.get("get", {})
            if operation.get("security") and not _needs(operation):
                yield path


def _needs(operation: dict[str, Any]) -> bool:
    """Whether it has a parameter that must be given."""
    parameters = operation.get("parameters", [])
    return any(parameter.get("required") for parameter in parameters)


def _print(what: str, name: str, result: str, begun: float) -> None:
    milliseconds = 1000 * (time.monotonic() - begun)
    print(f"{what} {name} {result} ({milliseconds:.0f} ms)", flush=True)


def main() -> int:
    """0 when all is well, 1 with one line of reason."""
    running = Running.find(Path.cwd())
    try:
        with httpx2.Client(
            base_url=running.app_url,
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
        ) as client:
            calls = Smoke(client, running).run()
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{running.app_url}: {calls} calls answered as they should")
    return 0


if __name__ == "__main__":
    sys.exit(main())
