"""Where the services of a stack answer and who may log in there."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class StackAddresses:
    """Everything a client of the stack must know."""

    db_host: str
    db_port: int
    db_user: str
    db_password: str
    redis_host: str
    redis_port: int
    redis_password: str
    keycloak_url: str
    admin_username: str
    admin_password: str

    def to_json(self) -> str:
        """One line, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads what `to_json()` wrote."""
        return cls(**json.loads(text))

    def environment(self) -> dict[str, str]:
        """The same as the service's settings name it."""
        return {
            "DB_HOST": self.db_host,
            "DB_PORT": str(self.db_port),
            "DB_USER": self.db_user,
            "DB_PASSWORD": self.db_password,
            "REDIS_IP": self.redis_host,
            "REDIS_PORT": str(self.redis_port),
            "REDIS_PASSWORD": self.redis_password,
            "KEYCLOAK_BASE_URL": self.keycloak_url,
            "KEYCLOAK_PUBLIC_URL": self.keycloak_url,
            "KEYCLOAK_ADMIN_USERNAME": self.admin_username,
            "KEYCLOAK_ADMIN_PASSWORD": self.admin_password,
        }
