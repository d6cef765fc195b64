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


def _modules(package: str) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    yield root
    found = pkgutil.walk_packages(root.__path__, prefix=f"{package}.")
    for info in sorted(found, key=lambda item: item.name):
        yield importlib.import_module(info.name)
