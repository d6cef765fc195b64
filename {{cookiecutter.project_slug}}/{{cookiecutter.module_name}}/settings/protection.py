"""Limits per user, address and socket."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from {{cookiecutter.module_name}} import constants


class ProtectionSettings(BaseSettings):
    """How much one client may ask for."""

    RATE_LIMIT_ENABLED: bool = True
    RATE_LIMIT_PER_MINUTE: int = Field(
        default=constants.DEFAULT_RATE_LIMIT_PER_MINUTE, ge=1
    )
    RATE_LIMIT_BURST: int = Field(
        default=constants.DEFAULT_RATE_LIMIT_BURST, ge=0
    )
    RATE_LIMIT_FAIL_MODE: Literal["open", "closed"] = "open"
    WS_MAX_CONNECTIONS_PER_USER: int = Field(
        default=constants.DEFAULT_WS_MAX_CONNECTIONS_PER_USER, ge=1
    )
    WS_MESSAGE_RATE_LIMIT: int = Field(
        default=constants.DEFAULT_WS_MESSAGE_RATE_LIMIT, ge=1
    )
