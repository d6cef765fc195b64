"""What can go wrong, in the service's own words.

Commands and adapters raise these; `middlewares.errors` turns them into a
problem document once, at the edge.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import ClassVar, Literal

type AuthErrorCode = Literal[
    "not_authenticated",
    "token_expired",
    "invalid_credentials",
    "token_decode_error",
    "token_revoked",
]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that was refused; `field` is a dotted path into the input."""

    field: str
    message: str
    code: str


class ServiceError(Exception):
    """An error that a client may see; `code` is stable, `detail` is prose."""

    status: ClassVar[int] = 500
    code: str = "internal"
    title: ClassVar[str] = "Internal error"

    def __init__(
        self,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = tuple(errors)


class AuthenticationError(ServiceError):
    """Nobody, or nobody that we believe; answered with a challenge."""

    status = 401
    title = "Not authenticated"

    def __init__(self, code: AuthErrorCode, detail: str) -> None:
        super().__init__(detail, headers=_challenge(code, detail))
        self.code = code


class LogoutTokenError(ServiceError):
    """Keycloak's back channel brought something else than a logout."""

    status = 400
    code = "invalid_logout_token"
    title = "Invalid logout token"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Cache-Control": "no-store"})


class PermissionDeniedError(ServiceError):
    """Somebody who lacks roles; `missing` names them."""

    status = 403
    code = "permission_denied"
    title = "Permission denied"

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(sorted(missing))
        super().__init__(f"Missing roles: {', '.join(self.missing)}.")


class NotFoundError(ServiceError):
    """The thing named does not exist."""

    status = 404
    code = "not_found"
    title = "Not found"


class ConflictError(ServiceError):
    """The change contradicts what is stored."""

    status = 409
    code = "conflict"
    title = "Conflict"


class PreconditionFailedError(ServiceError):
    """The client's copy is stale."""

    status = 412
    code = "precondition_failed"
    title = "Precondition failed"


class ValidationFailedError(ServiceError):
    """Well-formed input that a rule of the domain refuses."""

    status = 422
    code = "validation_error"
    title = "Invalid input"


class UnknownPackageError(ServiceError):
    """No handler serves packages of that id."""

    status = 422
    code = "unknown_package"
    title = "Unknown package"


class RequestCancelledError(ServiceError):
    """The client took its request back."""

    status = 499
    code = "cancelled"
    title = "Cancelled"


class HandlerTimeoutError(ServiceError):
    """The answer took longer than it may."""

    status = 504
    code = "timeout"
    title = "Timeout"


class RateLimitedError(ServiceError):
    """Too many of one client; worth a try after `retry_after` seconds."""

    status = 429
    code = "rate_limited"
    title = "Too many requests"

    def __init__(
        self,
        detail: str,
        *,
        retry_after: float,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.retry_after = retry_after
        wait = {"Retry-After": str(max(1, ceil(retry_after)))}
        super().__init__(detail, headers={**(headers or {}), **wait})


class ConnectionLimitError(ServiceError):
    """The user has as many sockets as one may have."""

    status = 429
    code = "connections"
    title = "Too many connections"

    def __init__(self, limit: int) -> None:
        super().__init__(f"More than {limit} sockets of one user.")


class UnavailableError(ServiceError):
    """A part that the answer needs does not respond; worth a retry."""

    status = 503
    code = "unavailable"
    title = "Service unavailable"


class OverloadedError(ServiceError):
    """Too many at once; worth a try later."""

    status = 503
    code = "overloaded"
    title = "Overloaded"


class StartupError(Exception):
    """The service cannot start; says what is wrong and how to mend it."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(f"{problem} Fix: {fix}")
        self.problem = problem
        self.fix = fix


def _challenge(code: str, detail: str) -> dict[str, str]:
    """RFC 6750: no `error` when no token was sent."""
    if code == "not_authenticated":
        return {"WWW-Authenticate": "Bearer"}
    return {
        "WWW-Authenticate": (
            f'Bearer error="invalid_token", error_description="{detail}"'
        )
    }
