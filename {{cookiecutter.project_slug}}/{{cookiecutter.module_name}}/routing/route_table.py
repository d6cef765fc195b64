"""One table of all HTTP routes, read by metrics, docs and role checks.

FastAPI keeps included routers nested, and `scope["route"].path` lacks the
outer prefixes; here each route stands with its full path and its guard.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import WebSocketRoute, compile_path

from {{cookiecutter.module_name}}.protection.rate_limit_rule import RateLimit
from {{cookiecutter.module_name}}.protocols import RouteGuard

# Where a request's scope names the entry of its route, or None.
MATCHED_ROUTE: Final = "matched_route"


@dataclass(frozen=True, slots=True)
class AllGuards:
    """Guards of a router and of its route: each of them must agree."""

    roles: tuple[str, ...]
    public: bool


@dataclass(frozen=True, slots=True)
class RouteEntry:
    """A route with its full template; `guard` is None when it has none.

    `title`, methods and path, is no other route's.
    """

    path: str
    methods: frozenset[str]
    name: str
    guard: RouteGuard | None
    pattern: re.Pattern[str]
    title: str
    limits: tuple[RateLimit, ...] = ()

    @property
    def public(self) -> bool:
        """Whether the route says itself that no login is needed."""
        return self.guard is not None and self.guard.public


class RouteTable:
    """Entries in the order in which they are tried."""

    def __init__(self, entries: tuple[RouteEntry, ...]) -> None:
        self.entries = entries
        self._literal = {
            path: tuple(e for e in entries if e.pattern.match(path))
            for path in (e.path for e in entries if "{" not in e.path)
        }
        self._templated = tuple(e for e in entries if "{" in e.path)

    @classmethod
    def of(cls, app: FastAPI) -> "RouteTable":
        """Reads the application once, after all routers are in."""
        return cls(tuple(_entries(app)))

    @property
    def limits(self) -> tuple[RateLimit, ...]:
        """Of all routes."""
        return tuple(rule for e in self.entries for rule in e.limits)

    def match(self, method: str, path: str) -> RouteEntry | None:
        """The route for the path; one of another method if none fits."""
        fallback: RouteEntry | None = None
        for entry in self._candidates(path):
            if method in entry.methods:
                return entry
            fallback = fallback or entry
        return fallback

    def _candidates(self, path: str) -> Iterator[RouteEntry]:
        # Starlette's patterns end in `$`, which a newline may follow.
        known = self._literal.get(path.removesuffix("\n"))
        if known is not None:
            yield from known
            return
        for entry in self._templated:
            if entry.pattern.match(path):
                yield entry


def _entries(app: FastAPI) -> Iterator[RouteEntry]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if context.path is None or isinstance(route, WebSocketRoute):
            continue
        # The effective dependant holds the guards of outer routers too.
        dependant = getattr(context, "dependant", None)
        if not isinstance(route, APIRoute):
            dependant = None
        methods = sorted(context.methods or ())
        yield RouteEntry(
            path=context.path,
            methods=frozenset(methods),
            name=context.name or "",
            guard=_guard(dependant),
            pattern=compile_path(context.path)[0],
            title=f"{','.join(methods)} {context.path}",
            limits=_limits(dependant),
        )


def _guard(dependant: Dependant | None) -> RouteGuard | None:
    found = [c for c in _calls(dependant) if isinstance(c, RouteGuard)]
    if len(found) < 2:
        return found[0] if found else None
    roles = (role for guard in found for role in guard.roles)
    return AllGuards(
        roles=tuple(dict.fromkeys(roles)),
        public=all(guard.public for guard in found),
    )


def _limits(dependant: Dependant | None) -> tuple[RateLimit, ...]:
    found = (c for c in _calls(dependant) if isinstance(c, RateLimit))
    return tuple(dict.fromkeys(found))


def _calls(dependant: Dependant | None) -> Iterator[object]:
    for child in dependant.dependencies if dependant else ():
        yield child.call
        yield from _calls(child)
