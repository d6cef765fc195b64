"""Whom limits take an address for."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from {{cookiecutter.module_name}}.protection.client_address import address_key

NETWORKS = st.integers(0, 2**64 - 1)
HOSTS = st.integers(0, 2**64 - 1)
# What stands before an IPv4 address in an IPv6 one.
MAPPED = 0xFFFF << 32


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::FFFF:CB00:7107", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("testclient", "testclient"),
        ("203.0.113.7:80", "203.0.113.7:80"),
        ("010.0.0.1", "010.0.0.1"),
        ("", ""),
    ],
)
def test_examples(host: str, key: str) -> None:
    assert address_key(host) == key


@given(NETWORKS, HOSTS, HOSTS)
def test_a_network_is_one_client(network: int, one: int, other: int) -> None:
    first, second = (
        IPv6Address(network << 64 | host) for host in (one, other)
    )
    if first.ipv4_mapped is None and second.ipv4_mapped is None:
        assert address_key(str(first)) == address_key(str(second))


@given(NETWORKS, NETWORKS, HOSTS)
def test_networks_are_different_clients(
    one: int, other: int, host: int
) -> None:
    first, second = (IPv6Address(net << 64 | host) for net in (one, other))
    same = address_key(str(first)) == address_key(str(second))
    assert same is (one == other)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_the_same_in_ipv6(number: int) -> None:
    plain = str(IPv4Address(number))
    assert address_key(plain) == plain
    for form in (IPv6Address(MAPPED | number), f"::ffff:{plain}"):
        assert address_key(str(form)) == plain


@given(st.ip_addresses())
def test_it_is_a_key_of_itself(
    address: IPv4Address | IPv6Address,
) -> None:
    """However the address is written."""
    key = address_key(str(address))
    assert address_key(address.exploded.upper()) == key
    assert address_key(key.removesuffix("/64")) == key


@given(st.text())
def test_anything_goes(host: str) -> None:
    assert isinstance(address_key(host), str)
