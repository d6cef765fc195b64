"""Redis or Valkey."""

from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.settings.certificates import CertificateFile


class RedisSettings(BaseSettings):
    """One server, a database number per purpose, one prefix for all keys."""

    REDIS_IP: str = "localhost"
    REDIS_PORT: int = Field(
        default=constants.REDIS_DEFAULT_PORT, ge=1, le=65535
    )
    REDIS_PASSWORD: SecretStr | None = None
    # TLS, with a certificate for REDIS_IP.
    REDIS_SSL: bool = False
    # Who may have signed it besides those whom the system trusts.
    REDIS_SSL_CA: CertificateFile | None = None
    REDIS_PREFIX: str = f"{constants.PROJECT_SLUG}:"
    MAIN_REDIS_DB: int = Field(default=1, ge=0)
    AUTH_REDIS_DB: int = Field(default=10, ge=0)
    REDIS_MAX_CONNECTIONS: int = Field(
        default=constants.REDIS_MAX_CONNECTIONS, ge=1
    )
    # How long the total of a list is kept when nobody writes; 0 keeps none.
    COUNT_CACHE_TTL_SECONDS: int = Field(
        default=constants.COUNT_CACHE_TTL_SECONDS, ge=0
    )
    USER_SESSION_REDIS_KEY_PREFIX: str = "session:"

    @model_validator(mode="after")
    def _authority_is_asked(self) -> Self:
        if self.REDIS_SSL_CA and not self.REDIS_SSL:
            raise ValueError("REDIS_SSL_CA needs REDIS_SSL=true")
        return self
