"""Keycloak and the tokens it signs."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from {{cookiecutter.module_name}} import constants


class KeycloakSettings(BaseSettings):
    """Where Keycloak is, seen from here and from a browser."""

    KEYCLOAK_BASE_URL: str = "http://localhost:8080"
    # What browsers open and tokens name as issuer, where it differs.
    KEYCLOAK_PUBLIC_URL: str | None = None
    KEYCLOAK_REALM: str = constants.PROJECT_SLUG
    KEYCLOAK_CLIENT_ID: str = f"{constants.DISTRIBUTION}-client"
    KEYCLOAK_CLIENT_SECRET: SecretStr | None = None
    KEYCLOAK_ADMIN_USERNAME: str = "admin"
    KEYCLOAK_ADMIN_PASSWORD: SecretStr = SecretStr("admin")
    KEYCLOAK_TIMEOUT_SECONDS: float = Field(default=5.0, gt=0)
    TOKEN_ALGORITHMS: tuple[str, ...] = ("RS256", "PS256", "ES256")
    TOKEN_CLOCK_SKEW_SECONDS: int = Field(default=5, ge=0, le=60)
    TOKEN_CACHE_SIZE: int = Field(default=10_000, ge=0)
    # An unknown key id asks Keycloak at most this often.
    JWKS_COOLDOWN_SECONDS: float = Field(default=5.0, ge=0)
    JWKS_MAX_AGE_SECONDS: float = Field(default=300.0, gt=0)
    PASSWORD_LOGIN_ENABLED: bool | None = None

    @property
    def keycloak_public_url(self) -> str:
        """Base URL for browsers, without a slash at the end."""
        return (self.KEYCLOAK_PUBLIC_URL or self.KEYCLOAK_BASE_URL).rstrip("/")

    @property
    def keycloak_issuer(self) -> str:
        """The `iss` that a token must carry, to the letter."""
        return f"{self.keycloak_public_url}/realms/{self.KEYCLOAK_REALM}"
