"""Ports: what the core asks of a part, whoever provides it.

Each has a null or local implementation in the core; an extension may bring
another, which passes the same contract suite under tests/contract.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from sqlalchemy import ColumnElement

from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.types import AuditOutcome

type Callback = Callable[[Any], Awaitable[None]]


@runtime_checkable
class RouteGuard(Protocol):
    """A dependency of a route that decides who may call it."""

    @property
    def roles(self) -> tuple[str, ...]:
        """All of them are needed."""

    @property
    def public(self) -> bool:
        """No login is needed."""


@dataclass(slots=True, kw_only=True)
class AuditAction:
    """What somebody does: a request or a package, from its begin on.

    `action_type` is a method or `WS:<package>`; `resource` a path. `started`
    is of `time.perf_counter`. `data` is what was sent, secrets included:
    whoever keeps it takes them out. `complete` fills in what is not known
    at the begin; whoever keeps the action calls it before.
    """

    action_type: str
    resource: str
    request_id: str
    started: float
    user: UserModel | None = None
    username: str | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    data: Any = None
    complete: "Callable[[AuditAction], None] | None" = None
    # What a client will read, if nothing goes wrong after a change.
    success_status: int = 200
    # Changes of this action that were committed, each with its row.
    rows: int = 0
    # The row that may be there or not: its COMMIT has not been answered, and
    # may never be.
    undecided: UUID | None = None


class Audit(Protocol):
    """Keeps what users do."""

    @property
    def enabled(self) -> bool:
        """Without it nobody needs to describe what is done."""

    def begin(self, action: AuditAction) -> None:
        """From here on, what this task commits is kept as part of it."""

    async def end(
        self,
        action: AuditAction,
        outcome: AuditOutcome,
        status: int,
        error: str | None = None,
    ) -> None:
        """Returns when the action is as safe as the settings ask.

        `status` is HTTP's, also for packages. What was committed as a
        success is kept already. Raises UnavailableError.
        """


class Tracer(Protocol):
    """Times parts of a request."""

    def span(
        self, name: str, **attributes: str | int | float | bool
    ) -> AbstractContextManager[None]:
        """A span around the block; an exception marks it as failed."""


class Repository[T](Protocol):
    """Rows of one table, in the session of the caller."""

    async def get(self, key: Any) -> T | None:
        """By primary key."""

    async def list(
        self, *where: ColumnElement[bool], limit: int
    ) -> Sequence[T]:
        """At most `limit` rows that meet all conditions."""

    async def exists(self, *where: ColumnElement[bool]) -> bool:
        """Whether a row meets all conditions."""

    async def count(self, *where: ColumnElement[bool]) -> int:
        """How many rows meet all conditions."""

    async def create(self, row: T) -> T:
        """Stores it, keys and defaults filled in; raises ConflictError."""

    async def update(self, row: T) -> T:
        """Stores its changes; raises ConflictError."""

    async def delete(self, row: T) -> None:
        """Raises ConflictError while other rows refer to it."""


class Bus(Protocol):
    """Carries messages to every worker, at most once.

    Messages are JSON types; they are encoded here, so a later change of an
    object does not show. A publisher learns that a message could not be
    sent (UnavailableError), not whether anybody got it.
    """

    async def publish(self, channel: str, data: Any) -> None:
        """Hands `data` to every subscriber of `channel`, in order."""

    async def subscribe(
        self, channel: str, callback: Callback
    ) -> Callable[[], Awaitable[None]]:
        """Calls back for each message; returns the way to stop it.

        Callbacks of one worker run one after another: they must be quick.
        """

    async def broadcast(self, message: Any) -> None:
        """Sends `message` to every socket that is logged in."""

    async def send_to_user(self, user_id: str, data: Any) -> None:
        """Sends `data` to every socket of the user."""

    async def disconnect(
        self,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        code: int = CloseCode.UNAUTHORIZED,
    ) -> None:
        """Closes the sockets of a user or of one Keycloak session."""

    async def ping(self) -> None:
        """Raises UnavailableError while messages do not get through."""

    async def close(self) -> None:
        """Ends all subscriptions; further use is an error."""
