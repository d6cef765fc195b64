"""The way into a socket, right and wrong."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.probe.bus_packages import BROADCAST
from tests.raw_socket import PING, frame, handshake, raw_connection, raw_socket
from tests.running_service import RunningService
from tests.ws_client import connect

PINGS = frame(b"", PING) * 200

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]


@pytest.fixture(scope="module")
def tough(start_probe: Start) -> Iterator[RunningService]:
    """In the end nothing of what it met was unexpected."""
    with start_probe() as service:
        yield service
        assert "Traceback" not in service.log


async def still_answers(service: RunningService, token: str) -> None:
    async with connect(service.url, token) as client:
        assert (await client.ask(PkgID.WHOAMI))["status_code"] == 0


async def test_no_compression(sockets: RunningService, sign: Sign) -> None:
    # The client offers it.
    async with connect(sockets.url, sign()) as client:
        request = client.connection.request
        assert request is not None
        assert "deflate" in request.headers["Sec-WebSocket-Extensions"]
        response = client.connection.response
        assert response is not None
        assert "Sec-WebSocket-Extensions" not in response.headers


async def test_the_reply_carries_an_id_and_no_server_name(
    sockets: RunningService, sign: Sign
) -> None:
    headers = {"X-Correlation-ID": "order-66"}
    async with connect(sockets.url, sign(), headers=headers) as client:
        response = client.connection.response
        assert response is not None
        assert response.headers["X-Correlation-ID"] == "order-66"
        assert "Server" not in response.headers


async def test_who_sees_the_socket_open_hears_what_is_sent_to_all(
    sockets: RunningService, sign: Sign
) -> None:
    """The login of the handshake takes time, but not afterwards."""
    async with connect(sockets.url, sign()) as speaker:
        for number in range(20):
            async with connect(sockets.url, sign()) as newcomer:
                message = {"message": {"type": "hello", "number": number}}
                await speaker.ask(BROADCAST, message)
                assert (await newcomer.control("hello"))["number"] == number


@pytest.mark.parametrize(
    "early",
    [frame("", 3), PINGS + frame("", 3), frame(b"\xff"), PINGS * 10],
    ids=["reserved", "behind pings", "no UTF-8", "pings"],
)
async def test_frames_before_the_answer(
    tough: RunningService, sign: Sign, early: bytes
) -> None:
    """They may be as wrong as others, and are no error of the service."""
    login = f"Authorization: Bearer {sign()}"
    for number in range(10):
        async with raw_connection(tough.url) as raw:
            await raw.send(handshake(login))
            # Somewhere within the time that the login takes.
            await asyncio.sleep(number / 2000)
            with suppress(ConnectionError):
                await raw.send(early)
    await still_answers(tough, sign())


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (handshake(path="/nowhere"), {403, 404}),
        (handshake(path="/web/"), {403, 404}),
        (handshake(path="/api/me"), {403, 404}),
        (b"GET /web HTTP/1.1\r\nHost: x\r\n\r\n", {404, 426}),
        (handshake().replace(b"GET", b"POST"), {400, 404, 405, 426}),
        (handshake().replace(b": 13", b": 12"), {400, 426}),
        (handshake().replace(b"-Key", b"-Kay"), {400}),
        (handshake().replace(b"-Key: ", b"-Key: short"), {400}),
        (handshake("Bad Header: x"), {400}),
        (handshake("X-Long: " + "x" * 100_000), {400, 431}),
        (handshake(*[f"X-{n}: x" for n in range(1000)]), {400, 431, 503}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20, {400}),
        (frame("no handshake at all") + b"\r\n\r\n", {400}),
    ],
    # The text of a set depends on the process, and xdist compares ids.
    ids=lambda value: repr(sorted(value) if isinstance(value, set) else value)[
        :40
    ],
)
async def test_what_is_no_handshake(
    tough: RunningService, sign: Sign, sent: bytes, statuses: set[int]
) -> None:
    async with raw_connection(tough.url) as raw:
        await raw.send(sent)
        status, _, _ = await raw.head()
        assert status in statuses
    await still_answers(tough, sign())


@pytest.mark.parametrize("length", [1, 40, 150])
async def test_hanging_up_within_the_handshake(
    tough: RunningService, sign: Sign, length: int
) -> None:
    async with raw_connection(tough.url) as raw:
        await raw.send(handshake()[:length])
    await still_answers(tough, sign())


async def test_hanging_up_right_after_it(
    tough: RunningService, sign: Sign
) -> None:
    for _ in range(50):
        async with raw_connection(tough.url) as raw:
            await raw.send(handshake(f"Authorization: Bearer {sign()}"))
    await still_answers(tough, sign())


async def test_a_query_and_headers_that_are_not_plain_text(
    tough: RunningService, sign: Sign
) -> None:
    for path in ("/web?Authorization=%ff%00", "/web?%&&=;Authorization"):
        async with raw_connection(tough.url) as raw:
            await raw.send(handshake("X-Odd: \xff\xfe", path=path))
            await raw.head()
    for header in ("Authorization: Bearer \xff", "Origin: \xff\xfe"):
        async with raw_connection(tough.url) as raw:
            await raw.send(handshake(header))
            status, _, _ = await raw.head()
            assert status == 101
            assert await raw.close_code() in {1008, 4401}
    await still_answers(tough, sign())


async def test_two_tokens_are_none(tough: RunningService, sign: Sign) -> None:
    line = f"Authorization: Bearer {sign()}"
    async with raw_connection(tough.url) as raw:
        await raw.send(handshake(line, line))
        await raw.head()
        assert await raw.close_code() == 4401


async def test_the_header_goes_before_the_query(
    tough: RunningService, sign: Sign
) -> None:
    path = f"/web?Authorization=Bearer%20{sign()}"
    async with connect(tough.url, "junk", path=path) as client:
        assert (await client.closed())[0] == 4401


async def test_raw_sockets_of_these_tests_are_right(
    tough: RunningService, sign: Sign
) -> None:
    async with raw_socket(tough.url, sign()) as raw:
        await raw.send(frame("[]"))
        reply = await raw.read()
        assert reply is not None
        assert reply.json["status_code"] == 2
