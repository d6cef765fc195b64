"""Addresses that are written in two ways."""

import pytest
from starlette.types import Receive, Scope, Send

from {{cookiecutter.module_name}}.middlewares.trusted_proxies import trusted_proxies

CLIENT = "203.0.113.7"
NETWORKS = ("10.0.0.0/8", "192.0.2.1/32", "fd00::/8")


async def seen(proxy: str) -> str:
    """The client, where `proxy` says that it is `CLIENT`."""
    found: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope["client"][0])

    async def unused(*_: object) -> None:
        raise NotImplementedError

    (factory,) = trusted_proxies(NETWORKS)
    scope = {
        "type": "http",
        "client": (proxy, 1),
        "headers": [(b"x-forwarded-for", CLIENT.encode())],
    }
    await factory(app)(scope, unused, unused)  # type: ignore[arg-type]
    return found[0]


@pytest.mark.parametrize(
    "proxy",
    [
        "10.1.2.3",
        "::ffff:10.1.2.3",
        "192.0.2.1",
        "::ffff:192.0.2.1",
        "fd00::1",
    ],
)
async def test_believed(proxy: str) -> None:
    assert await seen(proxy) == CLIENT


@pytest.mark.parametrize(
    "proxy", ["11.0.0.1", "::ffff:11.0.0.1", "192.0.2.2", "fe80::1", "::1"]
)
async def test_not_believed(proxy: str) -> None:
    assert await seen(proxy) == proxy


def test_without_any_there_is_no_middleware() -> None:
    assert trusted_proxies(()) == ()
