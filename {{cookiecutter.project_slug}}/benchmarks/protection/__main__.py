"""`make bench-protection`: what each protection costs a request.

The same service runs once with all of it off and once with each on; they
answer in turn, several rounds, on one database. `TEST_STACK` may name the
addresses of a running stack.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

from benchmarks.environment import environment
from benchmarks.generator import generate
from benchmarks.load.base import Target
from benchmarks.measurement import Measurement
from benchmarks.protection.report import report
from benchmarks.protection.switch import (
    Question,
    all_questions,
    all_switches,
    everything_off,
)
from benchmarks.sides import SERVICE, Side, serving
from benchmarks.stack import running_stack
from scripts.stack import StackAddresses
from tests.realm import ensure_realm, user_token
from tests.scratch_database import scratch_database

OFF = "all off"


def main() -> int:
    """Exit code."""
    wanted = _arguments()
    with running_stack() as stack:
        asyncio.run(_run(stack, wanted))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.protection")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=16)
    return parser.parse_args()


async def _run(stack: StackAddresses, wanted: argparse.Namespace) -> None:
    async with scratch_database(stack) as name:
        realm = ensure_realm(stack)
        env = environment(stack, realm, name)
        with ExitStack() as running:
            sides = _sides(running, env)
            for question in all_questions():
                await _prepare(question, env)
                # Made anew each time: it may end within the run.
                token = user_token(stack, realm, "alice")
                target = _target(wanted, token)
                found = _measure(question, sides, target, wanted.rounds, env)
                print(report(question.title, found), flush=True)


def _sides(running: ExitStack, env: dict[str, str]) -> dict[str, Side]:
    """All of them at a time: one that nobody asks costs the others little."""
    off = env | everything_off()
    found = {OFF: running.enter_context(serving([SERVICE], off))}
    for switch in all_switches():
        found[switch.title] = running.enter_context(
            serving([SERVICE], {**off, **switch.on})
        )
    return found


def _target(wanted: argparse.Namespace, token: str) -> Target:
    return Target(
        port=0,
        token=token,
        connections=wanted.connections,
        in_flight=1,
        seconds=wanted.seconds,
    )


def _measure(
    question: Question,
    sides: dict[str, Side],
    target: Target,
    rounds: int,
    env: dict[str, str],
) -> dict[str, Sequence[Measurement]]:
    found: dict[str, list[Measurement]] = {title: [] for title in sides}
    for number in range(rounds + 1):
        # Who comes later finds a warmer machine: they take turns.
        for title in list(sides)[:: -1 if number % 2 else 1]:
            side = replace(target, port=sides[title].port)
            measured = generate(question.load, side, env)
            if number:  # The first only warms up.
                found[title].append(measured)
    return dict(found)


async def _prepare(question: Question, env: dict[str, str]) -> None:
    database = Database(Settings.model_validate(env))
    try:
        await question.prepare(database)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
