"""`python -m tests.bus_worker`: writes down what it hears on `beat`.

One line a message: `heard`, its number, the time of the monotonic clock,
which all processes of a machine share.
"""

import asyncio
import signal
import time

from prometheus_client import CollectorRegistry
from uvicorn.loops.auto import auto_loop_factory

from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.settings import load_settings


async def _keep(number: int) -> None:
    print("heard", number, time.monotonic(), flush=True)


async def main() -> None:
    """Until SIGTERM."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    bus = RedisBus(load_settings(None), RedisMetrics(CollectorRegistry()))
    await bus.subscribe("beat", _keep)
    await ended.wait()
    await bus.close()


if __name__ == "__main__":
    asyncio.run(main(), loop_factory=auto_loop_factory())
