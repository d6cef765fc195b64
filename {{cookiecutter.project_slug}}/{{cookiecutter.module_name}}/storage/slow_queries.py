"""Times each statement; a slow one is logged by its shape and counted."""

from time import perf_counter
from typing import Any

import structlog
from sqlalchemy import ExceptionContext, event
from sqlalchemy.ext.asyncio import AsyncEngine

from {{cookiecutter.module_name}}.observability.database_metrics import DatabaseMetrics
from {{cookiecutter.module_name}}.storage.statement_shape import shape

logger = structlog.get_logger(__name__)

_OPERATIONS = {
    "select": "select",
    "insert": "insert",
    "update": "update",
    "delete": "delete",
}


class StatementWatch:
    """Costs no round trip; `slow_seconds=0` logs nothing.

    The time is what the caller waited, from the statement sent to its last
    row, a BEGIN before it included. Waiting for a connection and COMMIT are
    not. A statement that failed or was cancelled counts, too.
    """

    def __init__(self, metrics: DatabaseMetrics, slow_seconds: float) -> None:
        self._metrics = metrics
        self._slow_seconds = slow_seconds or float("inf")

    def attach(self, engine: AsyncEngine) -> None:
        """Sees all that the engine runs from now on."""
        target = engine.sync_engine
        event.listen(target, "before_cursor_execute", self._begin)
        event.listen(target, "after_cursor_execute", self._end)
        event.listen(target, "handle_error", self._fail)

    def _begin(
        self,
        conn: Any,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> None:
        context.sent_at = perf_counter()

    def _end(
        self,
        conn: Any,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> None:
        seconds = perf_counter() - context.sent_at
        operation = _operation(statement)
        self._metrics.observe_query(operation, seconds)
        if seconds > self._slow_seconds:
            self._tell(statement, operation, seconds, rows=cursor.rowcount)

    def _fail(self, error: ExceptionContext) -> None:
        sent_at = getattr(error.execution_context, "sent_at", None)
        if sent_at is None or error.statement is None:
            return
        seconds = perf_counter() - sent_at
        operation = _operation(error.statement)
        kind = type(error.original_exception).__name__
        self._metrics.observe_query(operation, seconds)
        self._metrics.query_errors.labels(operation, kind).inc()
        if seconds > self._slow_seconds:
            self._tell(error.statement, operation, seconds, error=kind)

    def _tell(
        self, statement: str, operation: str, seconds: float, **outcome: Any
    ) -> None:
        self._metrics.slow_queries.labels(operation).inc()
        logger.warning(
            "A slow statement",
            statement=shape(statement),
            operation=operation,
            duration_ms=round(seconds * 1000, 1),
            **outcome,
        )


def _operation(statement: str) -> str:
    return _OPERATIONS.get(statement.lstrip()[:6].lower(), "other")
