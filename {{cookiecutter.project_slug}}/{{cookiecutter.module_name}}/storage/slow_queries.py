"""Times each statement; a slow one is logged by its shape and counted."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import structlog
from sqlalchemy import event
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
        # Each is the call that runs the statement; events around a cursor
        # would make SQLAlchemy announce much more.
        target = engine.sync_engine
        event.listen(target, "do_execute", self._execute)
        event.listen(target, "do_executemany", self._execute_many)
        event.listen(target, "do_execute_no_params", self._execute_plain)

    def _execute(
        self, cursor: Any, statement: str, parameters: Any, context: Any
    ) -> bool:
        return self._run(cursor, statement, cursor.execute, parameters)

    def _execute_many(
        self, cursor: Any, statement: str, parameters: Any, context: Any
    ) -> bool:
        return self._run(cursor, statement, cursor.executemany, parameters)

    def _execute_plain(
        self, cursor: Any, statement: str, context: Any
    ) -> bool:
        return self._run(cursor, statement, cursor.execute)

    def _run(
        self,
        cursor: Any,
        statement: str,
        execute: Callable[..., Any],
        *parameters: Any,
    ) -> bool:
        start = perf_counter()
        try:
            execute(statement, *parameters)
        except BaseException as error:
            kind = type(error).__name__
            operation = _operation(statement)
            self._metrics.query_errors.labels(operation, kind).inc()
            self._note(statement, perf_counter() - start, error=kind)
            raise
        self._note(statement, perf_counter() - start, rows=cursor.rowcount)
        # SQLAlchemy need not run it again.
        return True

    def _note(self, statement: str, seconds: float, **outcome: Any) -> None:
        operation = _operation(statement)
        self._metrics.observe_query(operation, seconds)
        if seconds <= self._slow_seconds:
            return
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
