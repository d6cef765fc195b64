"""What must not be in the log, whatever is logged."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import quote

from websockets.asyncio.client import connect

from tests.running_service import RunningService

type Start = Callable[..., AbstractContextManager[RunningService]]


async def test_no_token_is_in_the_log(
    start_service: Start, token_for: Callable[[str], str]
) -> None:
    token = token_for("alice")
    with start_service(LOG_LEVEL="DEBUG") as service:
        web = f"{service.url.replace('http', 'ws')}/web"
        query = f"Authorization={quote(f'Bearer {token}')}"
        async with connect(f"{web}?{query}&tab=7") as socket:
            await socket.send(json.dumps({"type": "ping"}))
            assert json.loads(await socket.recv()) == {"type": "pong"}
        header = {"Authorization": f"Bearer {token}"}
        async with connect(web, additional_headers=header) as socket:
            await socket.send(
                json.dumps({"type": "auth", "token": f"Bearer {token}"})
            )
            assert json.loads(await socket.recv())["type"] == "auth_ok"
        assert service.terminate() == 0
        assert service.log.count("Socket closed") == 2
        for part in token.split("."):
            assert part not in service.log
            assert part[:40] not in service.log
