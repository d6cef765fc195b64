"""`make ws-publish` as a user runs it."""

import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.schemas.socket_command import SOCKETS_CHANNEL
from {{cookiecutter.module_name}}.settings import Settings

from scripts.stack import StackAddresses, state
from scripts.stack.state import State
from tests.running_service import ROOT, free_port
from tests.seen import Seen

# With the Python that runs the tests, and nothing to fetch.
COMMAND = (
    "make",
    "--old-file=setup",
    f"PYTHON={sys.executable}",
    "ws-publish",
)
MESSAGE = """{"text": "it's $5 \\"ä\\"", "$ref": [1]}"""


@pytest.fixture
def environment(stack: StackAddresses) -> dict[str, str]:
    """With channels of this test alone."""
    prefix = f"test:{uuid.uuid4().hex}:"
    return {**stack.environment(), "REDIS_PREFIX": prefix}


@pytest.fixture
async def bus(environment: Mapping[str, str]) -> AsyncIterator[Bus]:
    settings = Settings.model_validate(dict(environment))
    bus = RedisBus(settings, RedisMetrics(CollectorRegistry()))
    yield bus
    await bus.close()


type Make = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def make(environment: Mapping[str, str], tmp_path: Path) -> Make:
    """In a folder without .env, whatever runs in this one."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        # A make around this run must not hand on its own.
        if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "TO", "CHANNEL")
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, "-f", str(ROOT / "Makefile"), *words],
            cwd=tmp_path,
            env={**inherited, **environment, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def error_of(done: subprocess.CompletedProcess[str]) -> str:
    """The command's one line; make adds one of its own."""
    assert done.returncode
    line, told_by_make = done.stderr.splitlines()
    assert told_by_make.startswith("make: *** ")
    assert line.startswith("error: ")
    return line


@pytest.mark.parametrize(
    ("words", "target", "said"),
    [
        ((), {}, "sent to every socket\n"),
        (("TO=u 1",), {"user_id": "u 1"}, "sent to every socket of u 1\n"),
    ],
)
async def test_sockets_get_it(
    make: Make,
    bus: Bus,
    words: tuple[str, ...],
    target: dict[str, Any],
    said: str,
) -> None:
    seen = Seen()
    await bus.subscribe(SOCKETS_CHANNEL, seen.keep)
    done = make(f"DATA={MESSAGE}", *words)
    assert (done.stdout, done.stderr) == (said, "")
    data = {"text": 'it\'s $5 "ä"', "$ref": [1]}
    await seen.until({"action": "send", "data": data, **target})


async def test_a_channel_gets_it(make: Make, bus: Bus) -> None:
    seen = Seen()
    await bus.subscribe("news", seen.keep)
    done = make("DATA=-1", "CHANNEL=news")
    assert done.stdout == "published on news\n"
    await seen.until(-1)


async def test_it_finds_the_running_stack(
    make: Make, environment: dict[str, str], bus: Bus, tmp_path: Path
) -> None:
    folder = tmp_path / state.FOLDER
    folder.mkdir()
    seen = Seen()
    await bus.subscribe("news", seen.keep)
    nowhere = f"REDIS_PORT={free_port()}"
    with state.supervising(folder):
        State(pid=os.getpid(), ready=True, environment=environment).write(
            folder
        )
        done = make("DATA=1", "CHANNEL=news", nowhere)
    assert done.returncode == 0, done.stderr
    await seen.until(1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no message; say make ws-publish DATA="),
        (("DATA={hello: 1}",), "DATA is not JSON ("),
        (("DATA=1", "TO=u1", "CHANNEL=news"), "leave out TO or CHANNEL"),
        (("DATA=1", "REDIS_PORT=x"), "REDIS_PORT"),
        (("DATA=1", "REDIS_PASSWORD=wrong"), "invalid username-password"),
        (("DATA=1", f"REDIS_PORT={free_port()}"), "start it with `make up`"),
    ],
)
def test_a_mistake_has_a_reason(
    make: Make, words: tuple[str, ...], said: str
) -> None:
    assert said in error_of(make(*words))
