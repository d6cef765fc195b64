"""What a benchmark is: our answer against somebody's, to one question."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

import benchmarks
from benchmarks.load.base import Load


async def nothing(_: Database) -> None:
    """No data is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`load` on the service with a token, on `baseline` without.

    The baseline gets `baseline_load` where it must be asked differently.
    `aim` is what the service's rate should be, as a multiple of the
    baseline's; None only looks.
    """

    title: str
    load: Load
    baseline: Callable[[Settings], Starlette]
    baseline_title: str
    baseline_load: Load | None = None
    aim: float | None = None
    prepare: Callable[[Database], Awaitable[None]] = nothing


def comparisons() -> dict[str, Comparison]:
    """By module; each `bench_*.py` in this folder holds a `comparison`."""
    found = {}
    for info in pkgutil.iter_modules(benchmarks.__path__):
        if info.name.startswith("bench_"):
            found[info.name] = load(info.name)
    return found


def load(module: str) -> Comparison:
    """Raises TypeError for a module without a comparison."""
    held = importlib.import_module(f"benchmarks.{module}")
    comparison = getattr(held, "comparison", None)
    if not isinstance(comparison, Comparison):
        raise TypeError(f"{held.__name__} holds no `comparison`.")
    return comparison
