"""`make bench-protection`: what each protection costs a request.

The same service runs once with all of it off and once with each on; they
answer in turn, several rounds, on one database. `TEST_STACK` may name the
addresses of a running stack.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

from benchmarks.environment import environment
from benchmarks.load.base import Target
from benchmarks.protection.contestant import Contestant, contestant
from benchmarks.protection.report import report
from benchmarks.protection.switch import (
    Question,
    Switch,
    all_questions,
    all_switches,
    everything_off,
)
from benchmarks.stack import running_stack
from scripts.stack import StackAddresses
from tests.realm import ensure_realm, user_token
from tests.scratch_database import scratch_database


def main() -> int:
    """Exit code."""
    wanted = _arguments()
    with running_stack() as stack:
        asyncio.run(_run(stack, wanted))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.protection")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=1, help="rounds")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only", default="", help="part of a question")
    parser.add_argument("--switch", default="", help="part of a switch")
    return parser.parse_args()


async def _run(stack: StackAddresses, wanted: argparse.Namespace) -> None:
    async with scratch_database(stack) as name:
        realm = ensure_realm(stack)
        env = environment(stack, realm, name) | everything_off()
        switches = [Switch("all off", {}), *all_switches(wanted.switch)]
        with ExitStack() as running:
            # One that nobody asks costs the others little.
            contestants = [
                running.enter_context(contestant(switch, env))
                for switch in switches
            ]
            for question in all_questions(wanted.only):
                await _prepare(question, env)
                # Made anew each time: it may end within the run.
                target = _target(wanted, user_token(stack, realm, "alice"))
                for one in contestants:
                    one.rounds, one.dropped = [], 0
                await _measure(question, contestants, target, wanted)
                print(report(question.title, contestants), flush=True)


def _target(wanted: argparse.Namespace, token: str) -> Target:
    return Target(
        port=0,
        token=token,
        connections=wanted.connections,
        in_flight=1,
        seconds=wanted.seconds,
    )


async def _measure(
    question: Question,
    contestants: Sequence[Contestant],
    target: Target,
    wanted: argparse.Namespace,
) -> None:
    for number in range(-wanted.warm_up, wanted.rounds):
        # Who comes later finds a warmer machine: they take turns.
        for one in contestants[:: -1 if number % 2 else 1]:
            measured = await one.measure(question.load, target)
            if number >= 0:
                one.rounds.append(measured)


async def _prepare(question: Question, env: Mapping[str, str]) -> None:
    database = Database(Settings.model_validate(dict(env)))
    try:
        await question.prepare(database)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
