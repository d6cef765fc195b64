"""Ports of this machine: taken, free, next."""

import errno
import socket
from collections.abc import Collection

from scripts.stack.problem import StackError

_LOOPBACK = (
    (socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET6, "::1"),
)


def is_free(port: int) -> bool:
    """Whether a server could listen there and nobody answers yet."""
    return all(_is_free_on(family, host, port) for family, host in _LOOPBACK)


def free_port() -> int:
    """Any port that nobody uses at the moment."""
    with socket.socket(socket.AF_INET) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def next_free(start: int, chosen: Collection[int] = ()) -> int:
    """The first port above `start` that is free and not chosen already."""
    for port in range(start + 1, min(start + 200, 65536)):
        if port not in chosen and is_free(port):
            return port
    raise StackError(f"no free port from {start} on", "end what listens there")


def _is_free_on(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            if probe.connect_ex((host, port)) == 0:
                return False
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except OSError as error:
        # A machine without IPv6 has no such address to take.
        return error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    return True
