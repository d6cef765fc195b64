"""The audit of a service without an audit trail."""

from {{cookiecutter.module_name}}.protocols import AuditAction
from {{cookiecutter.module_name}}.types import AuditOutcome


class NullAudit:
    """Keeps nothing."""

    enabled = False

    def begin(self, action: AuditAction) -> None:
        """Forgets it."""

    async def end(
        self,
        action: AuditAction,
        outcome: AuditOutcome,
        status: int,
        error: str | None = None,
    ) -> None:
        """Returns at once."""


# What a context begins with; who overrides it with a NullAudit of his own
# wants none, whatever extension offers one.
NO_AUDIT = NullAudit()
