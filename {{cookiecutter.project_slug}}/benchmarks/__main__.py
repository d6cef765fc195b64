"""`make bench`: the service against its baselines, in one run.

Both answer in turn, several rounds, with the load from another process, on
one database. `TEST_STACK` may name the addresses of a running stack.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

from benchmarks.comparison import Comparison, comparisons
from benchmarks.generator import Measurement
from benchmarks.sides import Side, sides
from benchmarks.table import Outcome, table
from scripts.stack import Stack, StackAddresses
from tests.realm import ensure_realm, user_token
from tests.scratch_database import scratch_database


def main() -> int:
    """Exit code: 1 with --check when a budget is missed."""
    wanted = _arguments()
    with _stack() as stack:
        outcomes = asyncio.run(_run(stack, wanted))
    print(table(outcomes))
    missed = [found for found in outcomes if not found.within_budget]
    return 1 if missed and wanted.check else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only", default="", help="part of a name")
    parser.add_argument("--check", action="store_true")
    return parser.parse_args()


@contextmanager
def _stack() -> Iterator[StackAddresses]:
    shared = os.environ.get("TEST_STACK")
    if shared:
        yield StackAddresses.from_json(Path(shared).read_text())
        return
    with ExitStack() as resources:
        folder = tempfile.TemporaryDirectory(prefix="stack-")
        path = Path(resources.enter_context(folder))
        yield resources.enter_context(Stack(path, say=print))


async def _run(
    stack: StackAddresses, wanted: argparse.Namespace
) -> list[Outcome]:
    outcomes = []
    async with scratch_database(stack) as name:
        env = {
            **stack.environment(),
            "DB_NAME": name,
            "KEYCLOAK_REALM": ensure_realm(stack),
        }
        for module, comparison in comparisons().items():
            if wanted.only in module:
                await _prepare(comparison, env)
                token = user_token(stack, env["KEYCLOAK_REALM"], "alice")
                with sides(module, env) as both:
                    outcomes.append(_rounds(comparison, both, token, wanted))
    return outcomes


async def _prepare(comparison: Comparison, env: Mapping[str, str]) -> None:
    database = Database(Settings.model_validate(dict(env)))
    try:
        await comparison.prepare(database)
    finally:
        await database.close()


def _rounds(
    comparison: Comparison,
    both: tuple[Side, Side],
    token: str,
    wanted: argparse.Namespace,
) -> Outcome:
    ours, theirs = both
    found: dict[Side, list[Measurement]] = {ours: [], theirs: []}
    for number in range(wanted.rounds + 1):
        # Who is second finds a warmer machine: they take turns.
        for side in both if number % 2 else reversed(both):
            sent = token if side is ours else ""
            measured = _load(side.port, comparison.path, sent, wanted)
            if number:  # The first only warms up.
                found[side].append(measured)
    return Outcome(comparison, found[ours], found[theirs])


def _load(
    port: int, path: str, token: str, wanted: argparse.Namespace
) -> Measurement:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.generator",
            str(port),
            path,
            f"--connections={wanted.connections}",
            f"--seconds={wanted.seconds}",
        ],
        input=token,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Measurement(**json.loads(done.stdout))


if __name__ == "__main__":
    sys.exit(main())
