"""Whose pages may open a socket."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.running_service import RunningService
from tests.ws_client import connect

type Sign = Callable[..., str]
type Start = Callable[..., AbstractContextManager[RunningService]]


@pytest.fixture(scope="module")
def picky(start_probe: Start) -> Iterator[str]:
    with start_probe(
        ALLOWED_WS_ORIGINS='["https://app.example.com"]'
    ) as service:
        yield service.url


async def test_a_listed_one(picky: str, sign: Sign) -> None:
    await welcome(picky, sign(), {"Origin": "https://app.example.com"})


async def test_that_of_the_same_host(picky: str, sign: Sign) -> None:
    await welcome(
        picky, sign(), {"Origin": f"http://{urlsplit(picky).netloc}"}
    )


async def test_none_at_all(picky: str, sign: Sign) -> None:
    await welcome(picky, sign(), {})


async def welcome(url: str, token: str, headers: dict[str, str]) -> None:
    async with connect(url, token, headers=headers) as client:
        assert (await client.ask(PkgID.WHOAMI))["status_code"] == 0


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "http://app.example.com",
        "https://app.example.com:444",
        "https://app.example.com.evil.com",
        "https://app.example.com/",
        "https://APP.example.com@evil.com",
        "null",
        "https://127.0.0.1",
        "http://[",
        "",
    ],
)
async def test_others_are_told_by_a_close_code(
    picky: str, sign: Sign, origin: str
) -> None:
    headers = {"Origin": origin}
    async with connect(picky, sign(), headers=headers) as client:
        assert await client.collect() == []
        assert client.connection.close_code == 1008


async def test_the_origin_goes_before_the_token(picky: str) -> None:
    headers = {"Origin": "https://evil.example.com"}
    async with connect(picky, "junk", headers=headers) as client:
        assert (await client.closed())[0] == 1008
