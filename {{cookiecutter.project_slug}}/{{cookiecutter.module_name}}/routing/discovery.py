"""Finds routers by their place, so that adding a file is enough."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from fastapi import APIRouter


def collect_subrouters(package: str) -> list[APIRouter]:
    """Every module-level `router` in `package` and below, by module name."""
    routers: list[APIRouter] = []
    for module in _modules(package):
        router = getattr(module, "router", None)
        if isinstance(router, APIRouter):
            routers.append(router)
    return routers


def collect_subclasses[T](package: str, base: type[T]) -> list[type[T]]:
    """Every class made from `base` in `package` and below, by module name."""
    return [
        found
        for module in _modules(package)
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, base)
        and found.__module__ == module.__name__
    ]


def import_modules(package: str) -> None:
    """For what modules register when they are imported."""
    for _ in _modules(package):
        pass


def _modules(package: str) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    yield root
    found = pkgutil.walk_packages(root.__path__, prefix=f"{package}.")
    for info in sorted(found, key=lambda item: item.name):
        yield importlib.import_module(info.name)
