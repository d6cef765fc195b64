"""Ways to tell a server what all its sockets shall get."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from prometheus_client import CollectorRegistry

from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.settings import load_settings

from benchmarks.load.base import Target
from benchmarks.load.broadcast import Publish
from benchmarks.load.client_socket import ClientSocket, frame, open_sockets

CONTROL_PATH = "/publish"


@asynccontextmanager
async def through_redis(_: Target) -> AsyncIterator[Publish]:
    """As any other process of the service does."""
    bus = RedisBus(load_settings(), RedisMetrics(CollectorRegistry()))
    try:
        yield bus.broadcast
    finally:
        await bus.close()


@asynccontextmanager
async def through_socket(target: Target) -> AsyncIterator[Publish]:
    """On a socket of CONTROL_PATH; every text there is for all others."""
    [control] = await open_sockets(target, CONTROL_PATH, 1, ClientSocket)

    async def publish(message: dict[str, Any]) -> None:
        control.send(frame(orjson.dumps(message)))

    try:
        yield publish
    finally:
        control.stop()
