"""What the process itself needs: where it listens, how it logs and ends."""

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from {{cookiecutter.module_name}} import constants

type Environment = Literal["dev", "staging", "production"]


class ServerSettings(BaseSettings):
    """Listening, logging, shutting down; times in seconds."""

    ENV: Environment = "dev"
    APP_HOST: str = "127.0.0.1"
    APP_PORT: int = Field(default=8000, ge=0, le=65535)
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    LOG_CONSOLE_FORMAT: Literal["json", "human"] = "human"
    LOG_DIR: Path = Path("logs")
    MAX_BODY_BYTES: int = Field(default=constants.MAX_BODY_BYTES, ge=1)
    SHUTDOWN_TIMEOUT_SECONDS: float = Field(default=30.0, gt=0)
    # Not ready but still serving, until a load balancer has noticed.
    DRAIN_DELAY_SECONDS: float = Field(default=0.0, ge=0)
    WORKERS: int = Field(default=1, ge=1)
    # A full match skips authentication attempts, limits, audit and access
    # log.
    EXCLUDED_PATHS: str = r"/health(/.*)?|/metrics|/docs(/.*)?|/openapi\.json"
    DOCS_ENABLED: bool | None = None

    @field_validator("EXCLUDED_PATHS")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value

    @model_validator(mode="after")
    def _time_is_left(self) -> Self:
        if self.DRAIN_DELAY_SECONDS >= self.SHUTDOWN_TIMEOUT_SECONDS:
            raise ValueError(
                "DRAIN_DELAY_SECONDS must be less than "
                "SHUTDOWN_TIMEOUT_SECONDS, which is for all of the end"
            )
        return self

    @property
    def production(self) -> bool:
        """Whether defaults meant for laptops must be off."""
        return self.ENV == "production"

    @property
    def docs(self) -> bool:
        """Whether /docs and /openapi.json are served."""
        if self.DOCS_ENABLED is None:
            return not self.production
        return self.DOCS_ENABLED
