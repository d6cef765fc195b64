"""What a database holds: columns, constraints, indexes, types."""

import re

from sqlalchemy import Connection, text

_NAMED = 5
_VERSION_TABLES = re.compile("alembic_version.*")
_QUERY = text(
    """
    SELECT table_name::text, column_name::text,
           data_type || ' ' || udt_name || ' ' || is_nullable || ' '
           || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT conrelid::regclass::text, conname::text,
           pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tablename::text, indexname::text, indexdef
    FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT typname::text, enumlabel::text, 'enum'
    FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
    UNION ALL
    SELECT sequencename::text, 'sequence', data_type::text
    FROM pg_sequences WHERE schemaname = 'public'
    UNION ALL
    SELECT event_object_table::text, trigger_name::text, action_statement
    FROM information_schema.triggers WHERE trigger_schema = 'public'
    UNION ALL
    SELECT proname::text, 'function', prosrc
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3
    """
)

type Snapshot = frozenset[tuple[str, str, str]]


def snapshot(connection: Connection) -> Snapshot:
    """All but what is Alembic's; leaves no transaction open."""
    rows = connection.execute(_QUERY).all()
    connection.commit()
    return frozenset(
        (str(table), str(name), str(definition))
        for table, name, definition in rows
        if not _VERSION_TABLES.fullmatch(str(table))
    )


def difference(expected: Snapshot, found: Snapshot) -> str:
    """The first few things that are missing, left over or not the same."""
    missing = {row[:2] for row in expected - found}
    left = {row[:2] for row in found - expected}
    words = [
        *(f"{table}.{name} differs" for table, name in missing & left),
        *(f"{table}.{name} is missing" for table, name in missing - left),
        *(f"{table}.{name} is left" for table, name in left - missing),
    ]
    more = len(words) - _NAMED
    end = f" and {more} more" if more > 0 else ""
    return ", ".join(sorted(words)[:_NAMED]) + end
