"""What the generator is asked to do, and to whom."""

from dataclasses import dataclass
from typing import Protocol

from benchmarks.measurement import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server on the loopback, and how hard to press it.

    An empty `token` is not sent.
    """

    port: int
    token: str
    connections: int
    in_flight: int
    seconds: float


class Load(Protocol):
    """A kind of work; it is pickled on its way to the generator."""

    async def measure(self, target: Target) -> Measurement:
        """Works for `target.seconds`; raises OSError when nobody serves."""


def request_head(target: Target, path: str, *fields: str) -> bytes:
    """The head of a GET request, logged in."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *fields]
    if target.token:
        lines.append(f"Authorization: Bearer {target.token}")
    return "\r\n".join([*lines, "", ""]).encode()
