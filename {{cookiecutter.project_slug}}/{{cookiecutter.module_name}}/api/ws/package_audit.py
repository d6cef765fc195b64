"""Packages, as the audit is told of them."""

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from {{cookiecutter.module_name}}.api.ws.replies import Message
from {{cookiecutter.module_name}}.exceptions import ServiceError
from {{cookiecutter.module_name}}.protocols import Audit, AuditAction
from {{cookiecutter.module_name}}.schemas.caller import Caller
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import RSPCode
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.types import AuditOutcome

type _Ending = tuple[int, str | None]

_GOOD: Final[_Ending] = (200, None)
# HTTP's numbers, for replies that say themselves what is wrong.
_STATUS: Final[Mapping[int, int]] = MappingProxyType(
    {
        RSPCode.ERROR: 500,
        RSPCode.INVALID_DATA: 422,
        RSPCode.PERMISSION_DENIED: 403,
    }
)


class PackageAudit:
    """One request, and what its last reply tells of it."""

    __slots__ = ("_action", "_audit", "_ending")

    def __init__(
        self,
        audit: Audit,
        caller: Caller,
        name: str,
        request: RequestModel,
        user: UserModel | None,
    ) -> None:
        self._ending = _GOOD
        self._audit = audit
        self._action = AuditAction(
            action_type=f"WS:{name}",
            resource=caller.path,
            request_id=request.req_id,
            started=time.perf_counter(),
            user=user,
            ip_address=caller.address or None,
            user_agent=caller.user_agent,
            data=request.data,
        )

    def begin(self) -> None:
        """In the task of the handler."""
        self._audit.begin(self._action)

    def answered(self, message: Message) -> None:
        """The handler made a reply, of success or not."""
        self._ending = _said(message)

    def failed(self, error: Exception) -> None:
        """The reply tells of an error."""
        self._ending = told(error)

    async def end(self) -> None:
        """Before the reply leaves; raises UnavailableError."""
        status, reason = self._ending
        await self._audit.end(self._action, outcome(status), status, reason)


def told(error: Exception) -> _Ending:
    """HTTP's number, and why; nothing of the inside."""
    if isinstance(error, ServiceError):
        return error.status, f"{error.code}: {error.detail}"
    return 500, f"internal: {type(error).__name__}"


def _said(message: Message) -> _Ending:
    code, data = message["status_code"], message["data"]
    if code == RSPCode.OK:
        return _GOOD
    text = data.get("msg") if isinstance(data, dict) else None
    return _STATUS.get(code, 500), text if isinstance(text, str) else None


def outcome(status: int) -> AuditOutcome:
    """Of HTTP's number."""
    if status in (401, 403):
        return "permission_denied"
    return "error" if status >= 400 else "success"
