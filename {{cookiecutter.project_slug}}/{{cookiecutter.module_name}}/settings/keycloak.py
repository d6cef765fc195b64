"""Keycloak and the tokens it signs."""

from typing import Self

from pydantic import Field, SecretStr, model_validator
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
    # Who administers the realm: a service account, else a user.
    KEYCLOAK_ADMIN_CLIENT_ID: str | None = None
    KEYCLOAK_ADMIN_CLIENT_SECRET: SecretStr | None = None
    KEYCLOAK_ADMIN_REALM: str | None = None
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

    @model_validator(mode="after")
    def _admin_is_whole(self) -> Self:
        if (self.KEYCLOAK_ADMIN_CLIENT_ID is None) is not (
            self.KEYCLOAK_ADMIN_CLIENT_SECRET is None
        ):
            raise ValueError(
                "KEYCLOAK_ADMIN_CLIENT_ID and KEYCLOAK_ADMIN_CLIENT_SECRET "
                "go together"
            )
        return self

    @property
    def keycloak_admin_realm(self) -> str:
        """Where the administrator logs in: a service account of the realm
        itself, a user of Keycloak's own realm, unless the settings differ."""
        if self.KEYCLOAK_ADMIN_REALM is not None:
            return self.KEYCLOAK_ADMIN_REALM
        service_account = self.KEYCLOAK_ADMIN_CLIENT_ID is not None
        return self.KEYCLOAK_REALM if service_account else "master"

    @property
    def keycloak_public_url(self) -> str:
        """Base URL for browsers, without a slash at the end."""
        return (self.KEYCLOAK_PUBLIC_URL or self.KEYCLOAK_BASE_URL).rstrip("/")

    @property
    def keycloak_issuer(self) -> str:
        """The `iss` that a token must carry, to the letter."""
        return f"{self.keycloak_public_url}/realms/{self.KEYCLOAK_REALM}"
