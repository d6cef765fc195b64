"""Limits per user, address and socket; who is believed, and who is not."""

from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.settings.origin import Origin

type FailMode = Literal["open", "closed"]


def _host(value: str) -> str:
    name = value.lower().removeprefix("*.")
    if value != "*" and (not name or set(name) & set("*/@ ")):
        raise ValueError("not *, a name, or a name behind *.")
    if ":" in name and not name.endswith("]"):
        raise ValueError("leave the port out")
    return value.lower()


def _network(value: str) -> str:
    # Raises ValueError, also where bits behind the mask are set.
    return str(ip_network(value))


type Host = Annotated[str, AfterValidator(_host)]
type Network = Annotated[str, AfterValidator(_network)]


class ProtectionSettings(BaseSettings):
    """How much one client may ask for; times in seconds."""

    RATE_LIMIT_ENABLED: bool = True
    RATE_LIMIT_PER_MINUTE: int = Field(
        default=constants.DEFAULT_RATE_LIMIT_PER_MINUTE, ge=1
    )
    # On top of the limit.
    RATE_LIMIT_BURST: int = Field(
        default=constants.DEFAULT_RATE_LIMIT_BURST, ge=0
    )
    # What becomes of requests while Redis is down.
    RATE_LIMIT_FAIL_MODE: FailMode = "open"
    # Of one address; a password is guessed in more.
    LOGIN_RATE_LIMIT_PER_MINUTE: int = Field(default=10, ge=1)
    WS_MAX_CONNECTIONS_PER_USER: int = Field(
        default=constants.DEFAULT_WS_MAX_CONNECTIONS_PER_USER, ge=1
    )
    # A socket of a worker that was killed counts no longer than that.
    WS_CONNECTION_LEASE_SECONDS: float = Field(default=30.0, ge=1)
    WS_MESSAGE_RATE_LIMIT: int = Field(
        default=constants.DEFAULT_WS_MESSAGE_RATE_LIMIT, ge=1
    )
    # Whether logouts are looked up; and what becomes of logged-in requests
    # while Redis is down: empty means closed in production, else open.
    SESSION_CHECK_ENABLED: bool = True
    SESSION_CHECK_FAIL_MODE: FailMode | None = None
    # How often sockets are compared with logouts; a logout is kept that long.
    SESSION_SWEEP_SECONDS: float = Field(default=0.5, gt=0, le=60)
    SESSION_REVOCATION_SECONDS: int = Field(
        default=constants.SESSION_REVOCATION_SECONDS, ge=60
    )
    # Names without ports, or *.example.com; * is any.
    ALLOWED_HOSTS: tuple[Host, ...] = Field(default=("*",), min_length=1)
    # Addresses and networks whose X-Forwarded-* headers are believed.
    TRUSTED_PROXIES: tuple[Network, ...] = ()
    # Pages of these origins may call the API; none unless set.
    CORS_ALLOWED_ORIGINS: tuple[Origin, ...] = ()
