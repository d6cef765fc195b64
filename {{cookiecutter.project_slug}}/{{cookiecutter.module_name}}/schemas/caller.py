"""Where requests of a socket come from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """As the handshake told it; `path` is the consumer's, `request_id` of
    the handshake itself.

    `address` is empty where the server knows none.
    """

    address: str
    user_agent: str | None
    path: str
    request_id: str
