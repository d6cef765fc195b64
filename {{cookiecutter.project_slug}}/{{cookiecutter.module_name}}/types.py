"""Names for strings that must not be mixed up."""

from typing import Literal, NewType

UserId = NewType("UserId", str)
Username = NewType("Username", str)
RequestId = NewType("RequestId", str)
SessionId = NewType("SessionId", str)

type AuditOutcome = Literal["success", "error", "permission_denied"]
