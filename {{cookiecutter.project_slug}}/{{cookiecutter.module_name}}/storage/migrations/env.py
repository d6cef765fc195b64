"""Run by Alembic for every command; `scripts.migrate` sets the attributes."""

from typing import Any

from alembic import context

history = context.config.attributes["history"]
metadata = context.config.attributes["metadata"]


def include_object(
    _: Any, name: str | None, kind: str, reflected: bool, __: Any
) -> bool:
    """A history sees its own tables only."""
    if kind != "table":
        return True
    if name in metadata.tables:
        owner = metadata.tables[name].info.get("extension")
        return bool(owner == history.extension)
    # A table without a model: one that the core gave up, or a stranger's.
    return history.extension is None and not f"{name}".startswith(
        "alembic_version"
    )


target = (
    {
        "dialect_name": "postgresql",
        "dialect_opts": {"paramstyle": "named"},
        "literal_binds": True,
    }
    if context.is_offline_mode()
    else {"connection": context.config.attributes["connection"]}
)
context.configure(
    target_metadata=metadata,
    version_table=history.version_table,
    include_object=include_object,
    compare_server_default=True,
    # A revision stands or falls alone, and may leave its transaction.
    transaction_per_migration=True,
    **target,
)
with context.begin_transaction():
    context.run_migrations()
