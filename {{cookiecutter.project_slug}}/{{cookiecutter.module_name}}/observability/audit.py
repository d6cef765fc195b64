"""The audit of a service without an audit trail."""

from {{cookiecutter.module_name}}.protocols import AuditEvent


class NullAudit:
    """Keeps nothing."""

    async def record(self, event: AuditEvent) -> None:
        """Returns at once."""
