"""What all processes of a run get to know."""

import os
import uuid
from typing import Final

from scripts.stack import StackAddresses

# Limits are on, but one user does what many would.
_OUT_OF_REACH: Final = "1000000000"
_LIMITS: Final = (
    "RATE_LIMIT_PER_MINUTE",
    "WS_MAX_CONNECTIONS_PER_USER",
    "WS_MESSAGE_RATE_LIMIT",
)


def environment(
    stack: StackAddresses, realm: str, database: str
) -> dict[str, str]:
    """This process's variables and those of the service."""
    return {
        **os.environ,
        **stack.environment(),
        **dict.fromkeys(_LIMITS, _OUT_OF_REACH),
        "DB_NAME": database,
        "KEYCLOAK_REALM": realm,
        "REDIS_PREFIX": f"bench:{uuid.uuid4().hex}:",
    }
