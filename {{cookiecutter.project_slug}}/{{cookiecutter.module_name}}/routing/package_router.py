"""The table of package handlers: which function, and who may call it."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType

from {{cookiecutter.module_name}}.exceptions import UnknownPackageError
from {{cookiecutter.module_name}}.managers.rbac_manager import RBACManager
from {{cookiecutter.module_name}}.protection.rate_limit_rule import RateLimit
from {{cookiecutter.module_name}}.roles import Access, RequiredRoles
from {{cookiecutter.module_name}}.routing.data_schema import DataSchema, validator_of
from {{cookiecutter.module_name}}.routing.handler_form import Handler, takes_context
from {{cookiecutter.module_name}}.routing.package_call import (
    STEPS,
    Package,
    PackageCall,
    Step,
)
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel


class PackageTable:
    """What was registered at one moment; later registrations are not in it.

    A request goes through `steps` in their order.
    """

    def __init__(
        self, packages: Mapping[int, Package], steps: Sequence[Step] = STEPS
    ) -> None:
        self.packages = MappingProxyType(dict(packages))
        self.permissions_registry: Mapping[int, RequiredRoles] = (
            MappingProxyType(
                {pkg_id: package.roles for pkg_id, package in packages.items()}
            )
        )
        self.rbac = RBACManager(self.permissions_registry)
        self._steps = tuple(steps)

    @property
    def limits(self) -> tuple[RateLimit, ...]:
        """Of all packages."""
        rules = (package.rate_limit for package in self.packages.values())
        return tuple(rule for rule in rules if rule is not None)

    def find(self, pkg_id: int) -> Package:
        """Raises UnknownPackageError."""
        package = self.packages.get(pkg_id)
        if package is None:
            raise UnknownPackageError(f"No handler serves package {pkg_id}.")
        return package

    async def handle_request(
        self, request: RequestModel, context: PackageContext
    ) -> ResponseModel:
        """Checks roles and data, then runs the handler.

        Raises ServiceError for a refusal, and what the handler raises.
        """
        call = PackageCall(
            self.find(request.pkg_id), request, context, self.rbac
        )
        for step in self._steps:
            await step(call)
        return call.answer()


class PackageRouter:
    """Collects handlers as their modules are imported."""

    def __init__(self) -> None:
        self._packages: dict[int, Package] = {}

    @property
    def permissions_registry(self) -> Mapping[int, RequiredRoles]:
        """What each package asks for, by its id."""
        return self.freeze().permissions_registry

    def register[H: Handler](
        self,
        pkg_id: int,
        *,
        json_schema: DataSchema | None = None,
        roles: Sequence[str] | Access | None = None,
        timeout: float | None = None,
        rate_limit: RateLimit | None = None,
    ) -> Callable[[H], H]:
        """Serves `pkg_id` with the function below.

        `json_schema` (a Pydantic model or a JSON schema) checks the data
        before the handler sees it. All `roles` are needed; none asks for a
        login only, PUBLIC for nothing. `timeout` in seconds replaces
        WS_HANDLER_TIMEOUT. `rate_limit` is of this package, besides that of
        all messages. Raises ValueError when the id is taken and
        TypeError for a handler of another form.
        """
        validate = validator_of(json_schema)
        required = _required(roles)

        def add(handler: H) -> H:
            taken = self._packages.get(pkg_id)
            if taken is not None:
                raise ValueError(
                    f"Package {pkg_id!r} is served by {taken.handler_name}."
                )
            self._packages[pkg_id] = Package(
                pkg_id=pkg_id,
                handler=handler,
                takes_context=takes_context(handler),
                roles=required,
                schema=json_schema,
                validate=validate,
                timeout=timeout,
                rate_limit=rate_limit,
                name=pkg_id.name if isinstance(pkg_id, Enum) else str(pkg_id),
            )
            return handler

        return add

    def freeze(self) -> PackageTable:
        """A copy that an application works on."""
        return PackageTable(self._packages)


def _required(roles: Sequence[str] | Access | None) -> RequiredRoles:
    if isinstance(roles, str):
        raise TypeError("roles is a list of names")
    if roles is None or isinstance(roles, Access):
        return roles or ()
    return tuple(map(str, roles))


pkg_router = PackageRouter()
