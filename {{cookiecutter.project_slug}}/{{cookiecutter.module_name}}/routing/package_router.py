"""The table of package handlers: which function, and who may call it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from {{cookiecutter.module_name}}.roles import Access, RequiredRoles

type Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class PackageTable:
    """What was registered at one moment; later registrations are not in it."""

    handlers: Mapping[int, Handler]
    permissions_registry: Mapping[int, RequiredRoles]


class PackageRouter:
    """Collects handlers as their modules are imported."""

    def __init__(self) -> None:
        self._handlers: dict[int, Handler] = {}
        self.permissions_registry: dict[int, RequiredRoles] = {}

    def register[H: Handler](
        self,
        pkg_id: int,
        *,
        roles: Sequence[str] | Access | None = None,
    ) -> Callable[[H], H]:
        """Serves `pkg_id` with the function below.

        All `roles` are needed; none asks for a login only, PUBLIC for
        nothing. Raises ValueError when the id is taken.
        """

        def add(handler: H) -> H:
            if pkg_id in self._handlers:
                taken = self._handlers[pkg_id].__qualname__
                raise ValueError(f"Package {pkg_id!r} is served by {taken}.")
            self._handlers[pkg_id] = handler
            self.permissions_registry[pkg_id] = _required(roles)
            return handler

        return add

    def freeze(self) -> PackageTable:
        """A copy that an application works on."""
        return PackageTable(
            MappingProxyType(dict(self._handlers)),
            MappingProxyType(dict(self.permissions_registry)),
        )


def _required(roles: Sequence[str] | Access | None) -> RequiredRoles:
    if isinstance(roles, str):
        raise TypeError("roles is a list of names")
    if roles is None or isinstance(roles, Access):
        return roles or ()
    return tuple(map(str, roles))


pkg_router = PackageRouter()
