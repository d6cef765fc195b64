"""Classes that a service's own code works with: commands and errors."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args

from {{cookiecutter.module_name}} import commands
from {{cookiecutter.module_name}}.commands.base import BaseCommand
from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    AuthErrorCode,
    ServiceError,
)
from {{cookiecutter.module_name}}.settings import Settings

from scripts.text_table import markdown


def errors_page(_: Settings) -> str:
    """What a command may raise, and what a client sees then."""
    head = ("exception", "status", "`code`", "when")
    rows = [
        (f"`{kind.__name__}`", str(kind.status), _codes(kind), about(kind))
        for kind in _below(ServiceError)
    ]
    return markdown([head, *rows])


def _codes(kind: type[ServiceError]) -> str:
    codes = [kind.code]
    if issubclass(kind, AuthenticationError):
        codes = list(get_args(AuthErrorCode.__value__))
    return ", ".join(f"`{code}`" for code in codes)


def commands_page(_: Settings) -> str:
    """By module."""
    for info in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{info.name}")
    head = ("command", "does", "fails", "stands in")
    rows = [
        (
            f"`{kind.__name__}`",
            about(kind),
            about(kind.execute),
            f"`{kind.__module__}`",
        )
        for kind in _below(BaseCommand)
        if not inspect.isabstract(kind)
    ]
    if not rows:
        return "There is none yet."
    return markdown([head, *rows])


def about(thing: object) -> str:
    """The first paragraph of its docstring, in one line."""
    text = inspect.getdoc(thing) or ""
    return " ".join(text.split("\n\n")[0].split())


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
