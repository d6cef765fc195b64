"""Closes the sockets of who was logged out."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

import structlog

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.managers.websocket_connection_manager import (
    ConnectionManager,
)
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.protection.fallback import Fallback
from {{cookiecutter.module_name}}.protection.revocation import (
    REVOCATIONS_CHANNEL,
    Revocations,
)
from {{cookiecutter.module_name}}.protection.revocation_store import Changes
from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.settings import Settings

logger = structlog.get_logger(__name__)

# After a failure Redis is asked again this soon.
_RETRY_SECONDS = 0.1
# Logouts that come together are looked at together.
_GATHER_SECONDS = 0.1


class KeycloakSessionTask:
    """Compares the sockets of this worker with the logouts in Redis.

    What this worker hears of, from its own clients or by the bus, is closed
    at once. One small read every SESSION_SWEEP_SECONDS shows whether there
    was anything else; only then the sessions are looked up.
    """

    name: ClassVar = "kc_user_session_task"

    def __init__(
        self,
        revocations: Revocations,
        connections: ConnectionManager,
        bus: Bus,
        settings: Settings,
        metrics: ProtectionMetrics,
    ) -> None:
        self._revocations = revocations
        self._connections = connections
        self._bus = bus
        self._seconds = settings.SESSION_SWEEP_SECONDS
        self._fallback = Fallback("session_sweep", "open", metrics)
        # None: something may have been missed.
        self._seen: Changes | None = None

    async def run(self) -> None:
        """Until it is cancelled."""
        unsubscribe = await self._bus.subscribe(
            REVOCATIONS_CHANNEL, self._revocations.hear
        )
        try:
            while True:
                await self._sweep()
                await self._listen()
        finally:
            await unsubscribe()

    async def _sweep(self) -> None:
        self._heed_news()
        try:
            await self._compare()
        except UnavailableError:
            self._seen = None
            self._fallback.use()
        else:
            self._fallback.end()

    async def _compare(self) -> None:
        changes = await self._revocations.changes()
        await self._revocations.flush()
        seen, self._seen = self._seen, None
        if seen is None or not self._revocations.heard_of_all(seen, changes):
            await self._look_up()
        self._seen = changes

    async def _look_up(self) -> None:
        users = list(self._connections.users())
        over = await self._revocations.among(users)
        # By identity: a newer token of the same user may be good.
        found = {id(user) for user in over}
        self._close(lambda user: id(user) in found)

    async def _listen(self) -> None:
        """Until the next sweep."""
        seconds = self._seconds
        if self._seen is None:
            seconds = min(seconds, _RETRY_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await self._revocations.news.wait():
                    self._heed_news()
                    await asyncio.sleep(_GATHER_SECONDS)

    def _heed_news(self) -> None:
        if self._revocations.news.is_set():
            self._revocations.news.clear()
            self._close(self._revocations.known)

    def _close(self, chosen: Callable[[UserModel], bool]) -> None:
        count = self._connections.refuse(
            CloseCode.UNAUTHORIZED, "token_revoked", chosen
        )
        if count:
            logger.info("Sockets closed after a logout", sockets=count)
