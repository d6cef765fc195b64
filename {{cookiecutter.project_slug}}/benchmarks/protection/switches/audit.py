"""A row for each action: after the reply, or before it."""

from typing import Final

from benchmarks.protection.switch import Switch

_ON: Final = {"AUDIT_ENABLED": "true"}

OFF: Final = {"AUDIT_ENABLED": "false"}
SWITCHES: Final = (
    Switch(
        "audit, relaxed",
        {**_ON, "AUDIT_DURABILITY": "relaxed"},
        waiting="audit_queue_depth",
        dropped="audit_logs_dropped_total",
    ),
    Switch("audit, strict", {**_ON, "AUDIT_DURABILITY": "strict"}),
)
