"""What asks Redis before each request."""

from typing import Final

from benchmarks.protection.switch import Switch

_LIMITER: Final = {"RATE_LIMIT_ENABLED": "true"}
_REVOCATION: Final = {"SESSION_CHECK_ENABLED": "true"}

OFF: Final = dict.fromkeys((*_LIMITER, *_REVOCATION), "false")
SWITCHES: Final = (
    Switch("limiter", _LIMITER),
    Switch("revocation check", _REVOCATION),
    Switch("both, in one call", _LIMITER | _REVOCATION),
)
