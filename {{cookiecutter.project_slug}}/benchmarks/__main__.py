"""`make bench`: the service against its baselines, in one run.

Both answer in turn, several rounds, with the load from another process, on
one database. `TEST_STACK` may name the addresses of a running stack.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

from benchmarks.comparison import Comparison, comparisons
from benchmarks.environment import environment
from benchmarks.footprint import footprint
from benchmarks.load.base import Target
from benchmarks.open_files import allow_open_files
from benchmarks.rounds import Rounds
from benchmarks.stack import running_stack
from benchmarks.table import Outcome, table
from scripts.stack import StackAddresses
from tests.realm import ensure_realm, user_token
from tests.scratch_database import scratch_database

# The largest load has 800 sockets.
OPEN_FILES = 2000


def main() -> int:
    """Exit code: 1 with --check when an aim is missed."""
    wanted = _arguments()
    try:
        allow_open_files(OPEN_FILES)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    with running_stack() as stack:
        outcomes = asyncio.run(_run(stack, wanted))
    missed = [outcome for outcome in outcomes if not outcome.reached]
    return 1 if missed and wanted.check else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--in-flight", type=int, default=1)
    parser.add_argument("--only", default="", help="part of a module's name")
    parser.add_argument(
        "--check", action="store_true", help="fail below an aim"
    )
    return parser.parse_args()


async def _run(
    stack: StackAddresses, wanted: argparse.Namespace
) -> list[Outcome]:
    outcomes = []
    async with scratch_database(stack) as name:
        realm = ensure_realm(stack)
        env = environment(stack, realm, name)
        for module, comparison in comparisons().items():
            if wanted.only in module:
                await _prepare(comparison, env)
                # Made anew each time: it may end within the run.
                target = _target(wanted, user_token(stack, realm, "alice"))
                rounds = Rounds(number=wanted.rounds, target=target)
                outcomes.append(rounds.run(module, comparison, env))
        print(table(outcomes))
        if wanted.only in "footprint":
            target = _target(wanted, user_token(stack, realm, "alice"))
            print(await footprint(target, env))
    return outcomes


def _target(wanted: argparse.Namespace, token: str) -> Target:
    return Target(
        port=0,
        token=token,
        connections=wanted.connections,
        in_flight=wanted.in_flight,
        seconds=wanted.seconds,
    )


async def _prepare(comparison: Comparison, env: Mapping[str, str]) -> None:
    database = Database(Settings.model_validate(dict(env)))
    try:
        await comparison.prepare(database)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
