"""Which session a token of Keycloak's belongs to."""

import base64

import orjson
import structlog

from {{cookiecutter.module_name}}.types import SessionId

logger = structlog.get_logger(__name__)


def session_of(refresh_token: str) -> SessionId | None:
    """For a token that Keycloak has just accepted: nothing is verified.

    The key that signed it is Keycloak's alone, so only its word shows that
    the token is genuine. None when the token cannot be read.
    """
    try:
        payload = refresh_token.split(".")[1]
        padding = "=" * (-len(payload) % 4)
        claims = orjson.loads(base64.urlsafe_b64decode(payload + padding))
        found = claims["sid"]
    except (LookupError, TypeError, ValueError) as error:
        logger.warning(
            "A refresh token names no session; its access tokens live on",
            reason=type(error).__name__,
        )
        return None
    return SessionId(found) if isinstance(found, str) and found else None
