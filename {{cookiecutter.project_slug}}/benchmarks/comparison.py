"""What a benchmark is: our answer against somebody's, to one question."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import FastAPI

from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

import benchmarks


async def nothing(_: Database) -> None:
    """No data is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`path`, asked of the service with a token and of `baseline` without.

    `budget` is what the service's requests per second must be, as a
    multiple of the baseline's; None only looks.
    """

    title: str
    path: str
    baseline: Callable[[Settings], FastAPI]
    baseline_title: str
    budget: float | None = None
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
