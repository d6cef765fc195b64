"""What a client asks for, and what became of it."""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """As the client knows it."""

    ACKNOWLEDGED = "acknowledged"
    # 503, ERROR unavailable, or nobody listens.
    REFUSED = "refused"
    # The connection ended before the reply, or none came in time.
    UNKNOWN = "no reply"
    # What the service must not say, whatever is done to it.
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`creates` names the table that gets a row with the name of the ask."""

    creates: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpKind(Kind):
    """A request; one that creates something sends a name."""

    method: str = "GET"
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageKind(Kind):
    """A package; one that creates something sends a name."""

    pkg_id: int


@dataclass(slots=True)
class Ask[K: Kind]:
    """One request or package of a client; `id` goes with it."""

    kind: K
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    result: Result = Result.UNKNOWN
    # Why it is not acknowledged.
    reason: str = ""

    @property
    def name(self) -> str:
        """Of what it creates; no other ask has it."""
        return f"Chaos {self.id}"

    @property
    def data(self) -> dict[str, Any]:
        """What it sends."""
        return {"name": self.name} if self.kind.creates else {}

    def end(self, result: Result, reason: str = "") -> None:
        """What the client has learnt."""
        self.result, self.reason = result, reason
