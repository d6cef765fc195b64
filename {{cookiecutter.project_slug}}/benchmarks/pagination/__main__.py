"""`make bench-pagination`: pages of a long list by number and by cursor.

Runs in a database of its own, on a stack of its own or that of TEST_STACK.
"""

import argparse
import asyncio
import sys

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

from benchmarks.pagination.costs import Cost, Costs
from benchmarks.pagination.entries import SORTING, fill
from benchmarks.stack import running_stack
from scripts.stack import StackAddresses
from tests.scratch_database import scratch_database

PAGES = (1, 100, 10_000)


def main() -> int:
    """Exit code."""
    wanted = _arguments()
    with running_stack() as stack:
        print(asyncio.run(_run(stack, wanted)))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pagination")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--per-page", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args()


async def _run(stack: StackAddresses, wanted: argparse.Namespace) -> str:
    async with scratch_database(stack, migrated=False) as name:
        env = {
            **stack.environment(),
            "DB_NAME": name,
            "DB_SLOW_QUERY_SECONDS": "0",
            # A million rows are put in by one statement.
            "DB_STATEMENT_TIMEOUT_SECONDS": "0",
        }
        database = Database(Settings.model_validate(env))
        try:
            await fill(database, wanted.rows)
            return await _report(database, wanted)
        finally:
            await database.close()


async def _report(database: Database, wanted: argparse.Namespace) -> str:
    costs = Costs(database, wanted.per_page, wanted.rounds)
    last = -(-wanted.rows // wanted.per_page)
    lines = [
        f"{wanted.rows:,} rows, {wanted.per_page} a page,"
        f" median of {wanted.rounds}, in ms",
        f"{'sorted by':12}{'page':>10}{'offset':>12}{'cursor':>12}",
    ]
    for sort in SORTING.names:
        for page in sorted({min(page, last) for page in (*PAGES, last)}):
            cost = await costs.page(page, sort)
            lines.append(_line(sort, page, cost))
    total = await costs.total()
    lines.append(f"{'a total, counted':22}{total:12.2f}")
    return "\n".join(lines)


def _line(sort: str, page: int, cost: Cost) -> str:
    return f"{sort:12}{page:>10,}{cost.by_offset:12.2f}{cost.by_cursor:12.2f}"


if __name__ == "__main__":
    sys.exit(main())
