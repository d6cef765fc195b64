"""Optional pieces: a folder under `extensions/` switches one on.

`extensions/<piece>/__init__.py` may name importable libraries in `REQUIRES`;
`extensions/<piece>/extension.py` holds `extension = Extension(…)`.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

import structlog
from fastapi import APIRouter
from pydantic_settings import BaseSettings
from starlette.types import ASGIApp

from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.observability.health import Check

logger = structlog.get_logger(__name__)

type MiddlewareFactory = Callable[[ASGIApp], ASGIApp]
type Lifespan = Callable[[AppContext], AbstractAsyncContextManager[None]]
type HealthCheckFactory = Callable[[AppContext], Check]


class Slot(StrEnum):
    """Places in the pipeline where a piece may stand; see pipeline.py."""

    AROUND_REFUSALS = "around_refusals"
    BEFORE_AUTHENTICATION = "before_authentication"
    AFTER_AUTHENTICATION = "after_authentication"


@dataclass(frozen=True, kw_only=True)
class Extension:
    """What a piece adds; everything but its name is optional.

    `migrations` is a folder of Alembic revisions, a history of its own.
    """

    name: str
    settings: type[BaseSettings] | None = None
    lifespan: Lifespan | None = None
    middlewares: Mapping[Slot, Sequence[MiddlewareFactory]] = field(
        default_factory=dict
    )
    routers: Sequence[APIRouter] = ()
    roles: Sequence[str] = ()
    health_checks: Mapping[str, HealthCheckFactory] = field(
        default_factory=dict
    )
    migrations: Path | None = None

    def at(self, slot: Slot) -> Sequence[MiddlewareFactory]:
        """The piece's middlewares for one place, outermost first."""
        return self.middlewares.get(slot, ())


def discover(package: str) -> tuple[Extension, ...]:
    """The pieces in `package`, by name; one that lacks a library is skipped.

    Raises TypeError for a folder without a proper `extension.py`.
    """
    root = importlib.import_module(package)
    found = [
        _load(f"{package}.{info.name}")
        for info in pkgutil.iter_modules(root.__path__)
        if info.ispkg
    ]
    pieces = [piece for piece in found if piece is not None]
    return tuple(sorted(pieces, key=lambda piece: piece.name))


def _load(package: str) -> Extension | None:
    required: Sequence[str] = getattr(
        importlib.import_module(package), "REQUIRES", ()
    )
    missing = [name for name in required if find_spec(name) is None]
    if missing:
        logger.warning(
            "An extension is skipped: libraries are missing",
            extension=package.rpartition(".")[2],
            missing=missing,
        )
        return None
    module = importlib.import_module(f"{package}.extension")
    extension = getattr(module, "extension", None)
    if not isinstance(extension, Extension):
        raise TypeError(
            f"{module.__name__} holds no `extension = Extension(…)`."
        )
    return extension
