"""Reads are tried again where the connection fails, and nothing else is."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.managers.keycloak_keys import KeycloakKeys
from {{cookiecutter.module_name}}.managers.keycloak_manager import KeycloakManager
from {{cookiecutter.module_name}}.settings import Settings

ATTEMPTS = 3
TOKEN = b'{"access_token": "a", "refresh_token": "r", "expires_in": 60}'


class Rude:
    """Reads a request and hangs up, but for `/token` where `logs_in`."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.logs_in = False
        self.url = ""

    async def __call__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line = head.decode().split("\r\n", 1)[0]
        self.requests.append(line.rpartition(" ")[0])
        if self.logs_in and "/token" in line:
            size = f"Content-Length: {len(TOKEN)}\r\nConnection: close\r\n\r\n"
            writer.write(b"HTTP/1.1 200 OK\r\n" + size.encode() + TOKEN)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    @property
    def reads(self) -> int:
        return sum(line.startswith("GET") for line in self.requests)


@pytest.fixture
async def rude() -> AsyncIterator[Rude]:
    found = Rude()
    server = await asyncio.start_server(found, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    found.url = f"http://{host}:{port}"
    async with server:
        yield found


@pytest.fixture
async def manager(rude: Rude) -> AsyncIterator[KeycloakManager]:
    found = KeycloakManager(Settings(KEYCLOAK_BASE_URL=rude.url))
    yield found
    await found.close()


async def test_keys(rude: Rude) -> None:
    keys = KeycloakKeys(Settings(KEYCLOAK_BASE_URL=rude.url))
    with pytest.raises(UnavailableError):
        await keys.refresh()
    assert rude.reads == ATTEMPTS
    await keys.close()


async def test_reads_of_the_administrator(
    rude: Rude, manager: KeycloakManager
) -> None:
    rude.logs_in = True
    with pytest.raises(UnavailableError):
        await manager.admin.users.find("ann")
    assert rude.reads == ATTEMPTS
    assert len(rude.requests) == ATTEMPTS + 1, "one login"


async def test_changes_of_the_administrator(
    rude: Rude, manager: KeycloakManager
) -> None:
    rude.logs_in = True
    with pytest.raises(UnavailableError):
        await manager.admin.users.delete("ann")
    assert sum(line.startswith("DELETE") for line in rude.requests) == 1


async def test_the_administrators_login(
    rude: Rude, manager: KeycloakManager
) -> None:
    with pytest.raises(UnavailableError):
        await manager.admin.users.find("ann")
    assert len(rude.requests) == 1


async def test_logins_renewals_and_logouts(
    rude: Rude, manager: KeycloakManager
) -> None:
    calls = (
        manager.login_async("alice", "alice"),
        manager.refresh_async("r"),
        manager.logout_async("r"),
    )
    for count, call in enumerate(calls, 1):
        with pytest.raises(UnavailableError):
            await call
        assert len(rude.requests) == count
