"""What is measured: one setting on, the others off, on the same question."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from {{cookiecutter.module_name}}.storage.db import Database

from benchmarks.comparison import nothing
from benchmarks.load.base import Load
from benchmarks.protection import questions, switches


@dataclass(frozen=True, slots=True)
class Switch:
    """`on` are the variables that differ from everything off.

    `waiting` is a gauge of what is still to be done after the replies, and
    `dropped` a counter of what was not done at all.
    """

    title: str
    on: Mapping[str, str]
    waiting: str = ""
    dropped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Asked of a service with each switch, with a token."""

    title: str
    load: Load
    prepare: Callable[[Database], Awaitable[None]] = nothing


def everything_off() -> dict[str, str]:
    """Variables of the service that all others are compared with."""
    return _merged(module.OFF for module in _modules(switches))


def all_switches(only: str = "") -> list[Switch]:
    """Those of each module, and the last of each together.

    Only those with `only` in the title.
    """
    modules = [module.SWITCHES for module in _modules(switches)]
    everything = _merged(several[-1].on for several in modules)
    found = [
        *(switch for several in modules for switch in several),
        Switch("all on", everything),
    ]
    return [switch for switch in found if only in switch.title]


def all_questions(only: str = "") -> list[Question]:
    """By module; those with `only` in the title."""
    found = [module.QUESTION for module in _modules(questions)]
    return [question for question in found if only in question.title]


def _merged(several: Iterator[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for each in several for name, value in each.items()}


def _modules(package: Any) -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{info.name}")
