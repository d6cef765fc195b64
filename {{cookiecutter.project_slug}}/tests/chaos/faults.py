"""What happens to a site while it works; each ends with all of it running."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

from tests.chaos.site import Site

DOWN_SECONDS = 1.0
FROZEN_SECONDS = 20.0
# Only how long a broken service keeps a test.
PATIENCE_SECONDS = 60

type Fault = Callable[[Site], Awaitable[None]]


async def worker_killed(site: Site) -> None:
    """kill -9 of one of two; the supervisor starts another."""
    started = site.service.starts
    os.kill(site.service.worker_pids[-1], signal.SIGKILL)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while site.service.starts == started:
            await asyncio.sleep(0.05)


async def valkey_killed(site: Site) -> None:
    """kill -9; it comes back without what it knew."""
    await asyncio.to_thread(site.valkey.kill)
    await asyncio.sleep(DOWN_SECONDS)
    await asyncio.to_thread(site.valkey.start)


async def postgres_killed(site: Site) -> None:
    """kill -9; it comes back and recovers from its log."""
    await asyncio.to_thread(site.postgres.kill)
    await asyncio.sleep(DOWN_SECONDS)
    await asyncio.to_thread(site.postgres.start)


async def service_restarted(site: Site) -> None:
    """SIGTERM, and a new one on the same port."""
    await asyncio.to_thread(site.stop_service)
    await asyncio.to_thread(site.start_service)


async def valkey_restarted(site: Site) -> None:
    """As an administrator does."""
    await asyncio.to_thread(site.valkey.stop)
    await asyncio.to_thread(site.valkey.start)


async def postgres_restarted(site: Site) -> None:
    """As an administrator does: open sessions are ended."""
    await asyncio.to_thread(site.postgres.stop)
    await asyncio.to_thread(site.postgres.start)


async def postgres_frozen(site: Site) -> None:
    """SIGSTOP: connections stay, and nobody answers on them."""
    await asyncio.to_thread(site.postgres.freeze)
    await asyncio.sleep(FROZEN_SECONDS)
    await asyncio.to_thread(site.postgres.thaw)


FAULTS: dict[str, Fault] = {
    "worker killed": worker_killed,
    "Valkey killed": valkey_killed,
    "PostgreSQL killed": postgres_killed,
    "service restarted": service_restarted,
    "Valkey restarted": valkey_restarted,
    "PostgreSQL restarted": postgres_restarted,
    "PostgreSQL frozen": postgres_frozen,
}
