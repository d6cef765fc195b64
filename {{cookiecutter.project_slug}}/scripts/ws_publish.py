"""`make ws-publish DATA='{"hello": 1}'`: a message to sockets, by the bus."""

import argparse
import asyncio
import sys
from typing import Any

import orjson
from prometheus_client import CollectorRegistry

from {{cookiecutter.module_name}}.exceptions import StartupError, UnavailableError
from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.settings import Settings, load_settings

from scripts.stack.problem import StackError

_EXAMPLE = """say make ws-publish DATA='{"hello": 1}'"""


def main(arguments: list[str] | None = None) -> int:
    """0 when Redis has it, 1 with one line of reason."""
    wanted = _parser().parse_args(arguments)
    try:
        message = _message(wanted.data)
        if wanted.to and wanted.channel:
            raise StackError(
                "a message goes to a user or on a channel",
                "leave out TO or CHANNEL",
            )
        asyncio.run(_send(load_settings(), wanted, message))
    except (StackError, StartupError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.ws_publish")
    # Empty is what make passes for a variable that is not given.
    parser.add_argument("data", nargs="?", default="", help="JSON")
    parser.add_argument("--to", default="", help="id of a user")
    parser.add_argument("--channel", default="", help="of the bus")
    return parser


def _message(text: str) -> Any:
    if not text:
        raise StackError("no message", _EXAMPLE)
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise StackError(f"DATA is not JSON ({error})", _EXAMPLE) from error


async def _send(
    settings: Settings, wanted: argparse.Namespace, message: Any
) -> None:
    bus = RedisBus(settings, RedisMetrics(CollectorRegistry()))
    try:
        if wanted.channel:
            await bus.publish(wanted.channel, message)
            print(f"published on {wanted.channel}")
        elif wanted.to:
            await bus.send_to_user(wanted.to, message)
            print(f"sent to every socket of {wanted.to}")
        else:
            await bus.broadcast(message)
            print("sent to every socket")
    except UnavailableError as error:
        cause = error.__cause__
        raise StackError(
            f"Redis does not answer at {settings.REDIS_IP}:"
            f"{settings.REDIS_PORT} ({cause or type(cause).__name__})",
            "start it with `make up`, or correct REDIS_* in .env",
        ) from error
    finally:
        await bus.close()


if __name__ == "__main__":
    sys.exit(main())
