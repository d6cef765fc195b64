"""Why a socket is closed: errors that no reply can tell."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    ConnectionLimitError,
    OverloadedError,
    ServiceError,
    UnavailableError,
)
from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode


class Refusal(NamedTuple):
    """Code and reason of the close; `status` counts who came in vain."""

    code: CloseCode
    reason: str
    status: str = "rejected_auth"


_LIMIT: Final = "rejected_limit"
_CODES: Final[Mapping[type[ServiceError], tuple[CloseCode, str]]] = (
    MappingProxyType(
        {
            AuthenticationError: (CloseCode.UNAUTHORIZED, "rejected_auth"),
            UnavailableError: (CloseCode.OVERLOADED, "rejected_auth"),
            ConnectionLimitError: (CloseCode.POLICY, _LIMIT),
            OverloadedError: (CloseCode.OVERLOADED, _LIMIT),
        }
    )
)


def refusal_of(error: ServiceError) -> Refusal:
    """Whoever sends anything else before the login lacks one."""
    known = _CODES.get(type(error))
    if known is None:
        return Refusal(CloseCode.UNAUTHORIZED, "not_authenticated")
    code, status = known
    return Refusal(code, error.code, status)
