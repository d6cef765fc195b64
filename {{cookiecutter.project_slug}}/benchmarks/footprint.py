"""What the service costs before it does anything."""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from statistics import median

from benchmarks.load.base import Target
from benchmarks.load.client_socket import ClientSocket, open_sockets
from benchmarks.sides import SERVICE, Side, baseline, serving

_STARTS = 3
_WARM_SOCKETS = 100
_SOCKETS = 500
_START_AIM = 1.5
_SOCKET_AIM = 40


async def footprint(target: Target, env: Mapping[str, str]) -> str:
    """Text, one line a finding; the port of `target` is not read."""
    start = median(_start_seconds(env) for _ in range(_STARTS))
    ours = await _idle_socket(target, [SERVICE], env)
    theirs = await _idle_socket(target, baseline("bench_whoami"), env)
    return "\n".join(
        (
            f"{'start, import to ready':34}{start:9.2f} s    aim {_START_AIM}",
            f"{'idle bare socket, memory':34}{theirs:9.1f} KiB",
            f"{'idle socket logged in, memory':34}{ours:9.1f} KiB"
            f"  aim {_SOCKET_AIM}",
        )
    )


def _start_seconds(env: Mapping[str, str]) -> float:
    started = time.perf_counter()
    with serving([SERVICE], env):
        return time.perf_counter() - started


async def _idle_socket(
    target: Target, program: list[str], env: Mapping[str, str]
) -> float:
    with serving(program, env) as side:
        return await _growth(target, side) / _SOCKETS


async def _growth(target: Target, side: Side) -> int:
    """KiB; the first sockets pay for what all of them share."""
    sockets = []
    before = 0
    for number in (_WARM_SOCKETS, _SOCKETS):
        before = _resident(side.pid)
        sockets += await open_sockets(
            replace(target, port=side.port), "/web", number, ClientSocket
        )
    after = _resident(side.pid)
    for socket in sockets:
        socket.stop()
    return after - before


def _resident(pid: int) -> int:
    """KiB."""
    done = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(done.stdout)
