"""How many sockets there may be, with and without a login."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
)

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.running_service import RunningService
from tests.ws_client import WebSocketClient, connect

pytestmark = pytest.mark.slow

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]


@asynccontextmanager
async def silent(
    url: str, count: int, **headers: str
) -> AsyncIterator[list[WebSocketClient]]:
    """Open, not logged in."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(connect(url)) for _ in range(count)
        ]


@pytest.mark.parametrize(
    "name", ["WS_MAX_PENDING", "WS_MAX_PENDING_PER_ADDRESS"]
)
async def test_sockets_without_a_login(
    start_probe: Start, sign: Sign, name: str
) -> None:
    limits = {name: "3", "WS_AUTH_TIMEOUT": "60"}
    with start_probe(**limits) as service:
        async with silent(service.url, 3) as waiting:
            async with connect(service.url) as fourth:
                assert await fourth.collect() == []
                assert fourth.connection.close_code == 1013
            # Those who bring their token are not in that crowd.
            async with connect(service.url, sign()) as client:
                assert (await client.ask(PkgID.WHOAMI))["status_code"] == 0
            # Who logs in makes room, and so does who leaves.
            await waiting[0].log_in(sign())
            await waiting[1].connection.close()
            async with silent(service.url, 2) as others:
                for other in others:
                    await other.log_in(sign())
        assert "Traceback" not in service.log


async def test_a_login_that_fails_makes_room(start_probe: Start) -> None:
    with start_probe(WS_MAX_PENDING="1") as service:
        for _ in range(5):
            async with connect(service.url) as client:
                await client.send({"type": "auth", "token": "junk"})
                assert (await client.closed())[0] == 4401


async def test_the_total(start_probe: Start, sign: Sign) -> None:
    with start_probe(WS_MAX_CONNECTIONS="2") as service:
        async with (
            connect(service.url, sign()) as first,
            connect(service.url, sign()),
        ):
            with pytest.raises(InvalidStatus) as caught:
                async with connect(service.url, sign()):
                    pass
            response = caught.value.response
            assert response.status_code == 503
            assert int(response.headers["Retry-After"]) > 0
            media_type = response.headers["Content-Type"]
            assert media_type == "application/problem+json"
            problem = json.loads(response.body or b"")
            assert problem["status"] == 503
            assert problem["code"] == "overloaded"
            assert (
                problem["request_id"] == response.headers["x-correlation-id"]
            )
            await first.connection.close()
            # HTTP goes on, and the place of who left is free.
            async with httpx2.AsyncClient(base_url=service.url) as http:
                assert (await http.get("/health/live")).status_code == 200
            async with connect(service.url, sign()) as third:
                assert (await third.ask(PkgID.WHOAMI))["status_code"] == 0
