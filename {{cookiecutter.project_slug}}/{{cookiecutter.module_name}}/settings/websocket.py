"""Sockets: who may open one, and what one may cost."""

from pydantic import Field
from pydantic_settings import BaseSettings

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.settings.origin import Origin


class WebSocketSettings(BaseSettings):
    """Bounds of one socket and of one worker; times in seconds."""

    # Exact origins of browsers, besides the service's own; * is any.
    ALLOWED_WS_ORIGINS: tuple[Origin, ...] = ()
    WS_ALLOW_QUERY_TOKEN: bool = True
    # Lets packages that are PUBLIC be used without a login.
    WS_ALLOW_ANONYMOUS: bool = False
    WS_AUTH_TIMEOUT: float = Field(default=5.0, gt=0)
    WS_TOKEN_EXPIRY_NOTICE: float = Field(default=60.0, ge=0)
    WS_HANDLER_TIMEOUT: float = Field(default=15.0, gt=0)
    WS_MAX_MESSAGE_SIZE: int = Field(default=64 * 1024, ge=1024)
    WS_MAX_IN_FLIGHT: int = Field(default=16, ge=1)
    # So many of these, besides the outbox, may wait for a client that does
    # not read.
    WS_MAX_REPLY_SIZE: int = Field(default=256 * 1024, ge=1024)
    WS_OUTBOX_MAX_MESSAGES: int = Field(default=1000, ge=1)
    WS_OUTBOX_MAX_BYTES: int = Field(default=1024 * 1024, ge=1024)
    # Of one worker; over it a load balancer is told to try elsewhere.
    WS_MAX_CONNECTIONS: int = Field(default=10_000, ge=1)
    # Sockets that have not logged in yet.
    WS_MAX_PENDING: int = Field(default=500, ge=1)
    WS_MAX_PENDING_PER_ADDRESS: int = Field(default=50, ge=1)
    # A client that does not answer a ping is gone.
    WS_PING_INTERVAL: float = Field(default=20.0, gt=0)
    WS_PING_TIMEOUT: float = Field(default=20.0, gt=0)
    # At the end of the service, sockets are closed over this long.
    WS_DRAIN_SPREAD: float = Field(default=3.0, ge=0)
    WS_CLOSE_TIMEOUT: float = Field(
        default=constants.WS_CLOSE_TIMEOUT_SECONDS, gt=0
    )
