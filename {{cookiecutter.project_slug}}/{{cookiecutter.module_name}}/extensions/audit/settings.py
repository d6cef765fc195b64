"""What is kept, how safely, and for how long."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

type Durability = Literal["strict", "relaxed"]


class AuditSettings(BaseSettings):
    """Read at the start, like the service's own; times in seconds."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    AUDIT_ENABLED: bool = True
    # Strict: a reply waits until its action is in the table. Relaxed: it
    # does not, and a process that is killed takes some with it.
    AUDIT_DURABILITY: Durability = "strict"
    AUDIT_BATCH_SIZE: int = Field(default=100, ge=1, le=10_000)
    # Of relaxed: how long the first of a batch waits for others, and how
    # many may wait before the next are dropped.
    AUDIT_BATCH_TIMEOUT_SECONDS: float = Field(default=1.0, ge=0)
    AUDIT_QUEUE_MAX_SIZE: int = Field(default=10_000, ge=1)
    # How long a strict reply waits before it is refused instead.
    AUDIT_WRITE_TIMEOUT_SECONDS: float = Field(default=5.0, gt=0)
    # Of what was sent; more is left out.
    AUDIT_MAX_DATA_BYTES: int = Field(default=8192, ge=0, le=1024 * 1024)
    # Names of fields whose values are secret, besides those that are known.
    AUDIT_REDACT_KEYS: tuple[str, ...] = ()
    # 0 keeps all.
    AUDIT_RETENTION_DAYS: int = Field(default=365, ge=0)

    @property
    def write_timeout(self) -> float:
        """Of one batch, a second attempt included."""
        return self.AUDIT_WRITE_TIMEOUT_SECONDS
