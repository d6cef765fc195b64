"""PostgreSQL."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings
from sqlalchemy import URL

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.settings.certificates import CertificateFile

# libpq's words.
type SslMode = Literal[
    "disable", "prefer", "require", "verify-ca", "verify-full"
]


class DatabaseSettings(BaseSettings):
    """Where PostgreSQL is and how many connections it grants us."""

    DB_USER: str = "postgres"
    DB_PASSWORD: SecretStr = SecretStr("postgres")
    DB_HOST: str = "localhost"
    DB_PORT: int = Field(default=5432, ge=1, le=65535)
    DB_NAME: str = constants.PROJECT_SLUG
    # TLS: `prefer` does without where the server has none, `require` does not
    # look at the certificate.
    DB_SSL_MODE: SslMode = "prefer"
    # Who must have signed the certificate; else whom the system trusts.
    DB_SSL_ROOT_CERT: CertificateFile | None = None
    DB_POOL_SIZE: int = Field(default=20, ge=1)
    DB_MAX_OVERFLOW: int = Field(default=10, ge=0)
    DB_POOL_RECYCLE: int = Field(default=3600, ge=-1)
    # Off: a dead connection is seen at checkout without a round trip.
    DB_POOL_PRE_PING: bool = False
    DB_INIT_RETRY_INTERVAL: float = Field(
        default=constants.DB_RETRY_DELAY_SECONDS, ge=0
    )
    DB_INIT_MAX_RETRIES: int = Field(default=constants.DB_MAX_RETRIES, ge=0)
    DB_CONNECT_TIMEOUT_SECONDS: float = Field(default=5.0, gt=0)
    DB_STATEMENT_TIMEOUT_SECONDS: float = Field(default=30.0, ge=0)
    # A longer statement is logged and counted; 0 logs none.
    DB_SLOW_QUERY_SECONDS: float = Field(
        default=constants.DB_SLOW_QUERY_SECONDS, ge=0
    )
    DB_IDLE_IN_TRANSACTION_TIMEOUT_SECONDS: float = Field(default=60.0, ge=0)
    # A pooler in transaction mode stands between: no statement caches and
    # no pool of our own.
    DB_PGBOUNCER: bool = False
    MIGRATION_DATABASE_URL: SecretStr | None = None

    @model_validator(mode="after")
    def _certificate_is_looked_at(self) -> Self:
        if self.DB_SSL_ROOT_CERT and not self.DB_SSL_MODE.startswith("verify"):
            raise ValueError(
                "DB_SSL_ROOT_CERT needs DB_SSL_MODE=verify-full or verify-ca"
            )
        return self

    @property
    def database_url(self) -> URL:
        """For SQLAlchemy's asyncpg dialect."""
        return URL.create(
            "postgresql+asyncpg",
            username=self.DB_USER,
            password=self.DB_PASSWORD.get_secret_value(),
            host=self.DB_HOST,
            port=self.DB_PORT,
            database=self.DB_NAME,
        )
