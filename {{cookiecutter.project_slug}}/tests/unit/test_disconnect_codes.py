"""Only codes that may stand in a close frame go out by the bus."""

from typing import Any

import pytest

from {{cookiecutter.module_name}}.realtime.local_bus import LocalBus
from {{cookiecutter.module_name}}.schemas.socket_command import SOCKETS_CHANNEL

from tests.seen import Seen


@pytest.mark.parametrize(
    "code", [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, -1]
)
async def test_others_are_refused(code: int) -> None:
    bus = LocalBus()
    with pytest.raises(ValueError, match=str(code)):
        await bus.disconnect(user_id="somebody", code=code)
    await bus.close()


@pytest.mark.parametrize("code", [1000, 1008, 1012, 3000, 4401, 4999])
async def test_these_are_taken(code: int) -> None:
    bus, seen = LocalBus(), Seen()
    await bus.subscribe(SOCKETS_CHANNEL, seen.keep)
    await bus.disconnect(user_id="somebody", code=code)
    command: dict[str, Any] = {
        "action": "close",
        "code": code,
        "user_id": "somebody",
    }
    await seen.until(command)
    await bus.close()
