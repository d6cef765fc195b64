"""Gauges of the pool of connections."""

import asyncio
from typing import Any

from sqlalchemy import QueuePool, event
from sqlalchemy.ext.asyncio import AsyncEngine

from {{cookiecutter.module_name}}.observability.database_metrics import DatabaseMetrics

_WATCH_SECONDS = 1.0


class PoolWatch:
    """Counts connections that open and close, and looks at the pool.

    Behind a pooler there is no pool of our own: only the open connections
    are counted.
    """

    def __init__(self, metrics: DatabaseMetrics, engine: AsyncEngine) -> None:
        self._metrics = metrics
        self._engine = engine
        event.listen(engine.sync_engine.pool, "connect", self._opened)
        for leaves in ("close", "detach"):
            event.listen(engine.sync_engine.pool, leaves, self._closed)

    async def watch(self, most: int) -> None:
        """Keeps the gauges that would cost too much at every checkout.

        `most` connections may be open.
        """
        while isinstance(pool := self._engine.sync_engine.pool, QueuePool):
            self._metrics.pool_max.set(most)
            self._measure(pool)
            await asyncio.sleep(_WATCH_SECONDS)

    def _measure(self, pool: QueuePool) -> None:
        metrics = self._metrics
        metrics.pool_in_use.set(pool.checkedout())
        metrics.pool_available.set(pool.checkedin())
        # Below zero while not even the kept ones are open.
        metrics.pool_overflow.set(max(pool.overflow(), 0))

    def _opened(self, connection: Any, record: Any) -> None:
        self._metrics.connections_active.inc()
        self._metrics.connections_created.inc()

    def _closed(self, connection: Any, record: Any) -> None:
        self._metrics.connections_active.dec()
