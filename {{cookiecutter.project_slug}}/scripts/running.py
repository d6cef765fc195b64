"""What the daily commands talk to: the running stack, else the settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scripts.stack import state
from scripts.stack.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Running:
    """Addresses of the service and of its realm."""

    app_url: str
    keycloak_url: str
    realm: str
    client_id: str

    @classmethod
    def find(cls, root: Path) -> Self:
        """APP_URL names another service than the one `make up` started."""
        configuration = Configuration.read(root)
        found = state.running(root / state.FOLDER)
        if found is not None and found.ready:
            return cls(
                configuration.get("APP_URL", found.app_url),
                found.keycloak_url,
                found.realm,
                found.client_id,
            )
        port = configuration.get("APP_PORT", "8000")
        return cls(
            configuration.get("APP_URL", f"http://localhost:{port}"),
            configuration.keycloak_url,
            configuration.realm,
            configuration.client_id,
        )

    @property
    def token_url(self) -> str:
        """Keycloak's endpoint for tokens of the realm."""
        return (
            f"{self.keycloak_url}/realms/{self.realm}"
            "/protocol/openid-connect/token"
        )
