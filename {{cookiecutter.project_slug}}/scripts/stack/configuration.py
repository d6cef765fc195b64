"""What the environment and .env ask of the stack."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from dotenv import dotenv_values

from scripts.stack import constants, ports
from scripts.stack.artifact import Say
from scripts.stack.problem import StackError

_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Configuration:
    """Variables by name; the environment wins over .env, as for the service.

    An empty value counts as not set.
    """

    values: Mapping[str, str]

    @classmethod
    def read(cls, root: Path) -> Self:
        """Of the project in `root`."""
        merged = {**dotenv_values(root / ".env"), **os.environ}
        return cls({name: value for name, value in merged.items() if value})

    def get(self, name: str, default: str) -> str:
        """The variable's value, or the default."""
        return self.values.get(name, default)

    @property
    def realm(self) -> str:
        """The name of the service's realm."""
        return self.get("KEYCLOAK_REALM", constants.PROJECT_SLUG)

    @property
    def client_id(self) -> str:
        """The client that people and browsers log in with."""
        return self.get(
            "KEYCLOAK_CLIENT_ID", f"{constants.DISTRIBUTION}-client"
        )

    @property
    def keycloak_url(self) -> str:
        """What the service calls Keycloak's public address."""
        base = self.get("KEYCLOAK_BASE_URL", "http://localhost:8080")
        return self.get("KEYCLOAK_PUBLIC_URL", base).rstrip("/")

    def refuse_production(self) -> None:
        """The development realm has users whose password is their name."""
        if self.get("ENV", "dev") == "production":
            raise StackError(
                "ENV=production, and the development realm is never imported"
                " there",
                "use ENV=dev, or a Keycloak of your own with `make serve`",
            )

    def port(self, name: str, default: int) -> int:
        """The number that was asked for, or the default."""
        value = self.get(name, str(default))
        if not value.isdecimal() or not 1 <= int(value) <= _LAST_PORT:
            raise StackError(
                f"{name}={value} is no port", "take a number from 1 to 65535"
            )
        return int(value)

    def choose_ports(
        self, defaults: Mapping[str, int], say: Say
    ) -> dict[str, int]:
        """A port that was asked for must be free; a default gives way."""
        chosen: dict[str, int] = {}
        for name, default in defaults.items():
            port = self.port(name, default)
            if name in self.values:
                _insist(name, port)
            elif port in chosen.values() or not ports.is_free(port):
                taken, port = port, ports.next_free(port, chosen.values())
                say(f"port {taken} is taken: {name}={port}")
            chosen[name] = port
        return chosen


def _insist(name: str, port: int) -> None:
    if not ports.is_free(port):
        raise StackError(
            f"port {port} ({name}) is taken",
            f"end what listens there, or set another {name}",
        )
