"""A token that was shown at a socket, as the audit is told of it."""

import time
from types import TracebackType
from typing import Final, Self

from {{cookiecutter.module_name}}.api.ws.package_audit import outcome, told
from {{cookiecutter.module_name}}.exceptions import ServiceError, UnavailableError
from {{cookiecutter.module_name}}.protocols import Audit, AuditAction
from {{cookiecutter.module_name}}.schemas.caller import Caller
from {{cookiecutter.module_name}}.schemas.user import UserModel

LOGIN: Final = "WS:AUTH"


class LoginAttempt:
    """Kept once, before its answer leaves.

    As a context it keeps the error that leaves the block; UnavailableError
    takes its place where it cannot be kept.
    """

    __slots__ = ("_audit", "_caller", "_kept", "_started", "user")

    def __init__(self, audit: Audit, caller: Caller) -> None:
        self.user: UserModel | None = None
        self._audit = audit
        self._caller = caller
        self._started = time.perf_counter()
        self._kept = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _: type[BaseException] | None,
        error: BaseException | None,
        __: TracebackType | None,
    ) -> None:
        if isinstance(error, ServiceError):
            await self._keep(*told(error))

    async def succeeded(self) -> None:
        """To be called before anything is served; raises UnavailableError."""
        await self._keep(200, None)

    async def refused(self, error: ServiceError) -> ServiceError:
        """The reason to give."""
        try:
            await self._keep(*told(error))
        except UnavailableError as unavailable:
            return unavailable
        return error

    async def _keep(self, status: int, reason: str | None) -> None:
        if self._kept or not self._audit.enabled:
            return
        self._kept = True
        caller = self._caller
        action = AuditAction(
            action_type=LOGIN,
            resource=caller.path,
            request_id=caller.request_id,
            started=self._started,
            user=self.user,
            ip_address=caller.address or None,
            user_agent=caller.user_agent,
        )
        await self._audit.end(action, outcome(status), status, reason)
