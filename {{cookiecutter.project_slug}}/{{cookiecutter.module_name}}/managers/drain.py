"""The end of all sockets, so that their clients come back spread out."""

import asyncio
import random
from collections.abc import Sequence

from {{cookiecutter.module_name}}.managers.socket import Socket
from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode

# A few sockets need no spreading: so many are closed in a second.
_CLOSES_PER_SECOND = 100
# Clients stop asking when they are told; what they sent before gets through.
_NOTICE_SECONDS = 0.3


async def drain(
    sockets: Sequence[Socket], spread: float, patience: float | None
) -> None:
    """Announces the end, and closes all within `spread` seconds.

    Requests in flight are answered first; `patience` s from now they are
    cancelled.
    """
    loop = asyncio.get_running_loop()
    end = None if patience is None else loop.time() + patience
    spread = min(spread, len(sockets) / _CLOSES_PER_SECOND)
    for socket in sockets:
        # Those who were closed together do not come back together.
        socket.announce_drain(round(random.uniform(0.1, spread + 0.1), 1))  # noqa: S311
    if sockets:
        await asyncio.sleep(_NOTICE_SECONDS)
    async with asyncio.TaskGroup() as closing:
        for number, socket in enumerate(sockets):
            delay = spread * number / len(sockets)
            closing.create_task(_close_later(socket, delay, end))


async def _close_later(
    socket: Socket, delay: float, end: float | None
) -> None:
    await asyncio.sleep(delay)
    now = asyncio.get_running_loop().time()
    left = None if end is None else max(0.0, end - now)
    await socket.close(CloseCode.RESTART, "restart", left)
