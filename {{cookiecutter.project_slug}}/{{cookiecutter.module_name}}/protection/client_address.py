"""Whom a network address stands for."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Final

# Of an IPv6 address the rest belongs to whoever has these bits.
_NETWORK_BITS: Final = 64
_KEPT: Final = 10_000


@lru_cache(_KEPT)
def address_key(host: str) -> str:
    """What limits count `host` under: IPv6 by /64, IPv4 in IPv6 as IPv4.

    What is no address is taken as it is.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    network = IPv6Network((int(address), _NETWORK_BITS), strict=False)
    return str(network)
