"""The client's address and scheme, where a proxy tells them."""

from collections.abc import Collection, Iterator
from functools import partial
from ipaddress import IPv4Network, ip_network
from typing import Any, cast

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from {{cookiecutter.module_name}}.extension import MiddlewareFactory


def trusted_proxies(
    networks: Collection[str],
) -> tuple[MiddlewareFactory, ...]:
    """uvicorn's middleware, which believes these and nobody else."""
    if not networks:
        return ()
    return (partial(_believe, list(_both_ways(networks))),)


def _believe(networks: list[str], app: ASGIApp) -> ASGIApp:
    middleware = ProxyHeadersMiddleware(cast("Any", app), networks)
    return cast("ASGIApp", middleware)


def _both_ways(networks: Collection[str]) -> Iterator[str]:
    """A listener on `::` sees IPv4 addresses as ::ffff:10.0.0.1."""
    for text in networks:
        yield text
        network = ip_network(text)
        if isinstance(network, IPv4Network):
            address = network.network_address
            yield f"::ffff:{address}/{network.prefixlen + 96}"
