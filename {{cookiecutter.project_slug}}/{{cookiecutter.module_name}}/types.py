"""Names for strings that must not be mixed up."""

from typing import NewType

UserId = NewType("UserId", str)
Username = NewType("Username", str)
RequestId = NewType("RequestId", str)
SessionId = NewType("SessionId", str)
