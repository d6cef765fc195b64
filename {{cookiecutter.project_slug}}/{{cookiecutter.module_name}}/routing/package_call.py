"""One request on its way to its handler, and the steps of that way."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from {{cookiecutter.module_name}}.exceptions import PermissionDeniedError
from {{cookiecutter.module_name}}.managers.rbac_manager import RBACManager
from {{cookiecutter.module_name}}.protection.rate_limit_rule import RateLimit, Subject
from {{cookiecutter.module_name}}.roles import PUBLIC, RequiredRoles
from {{cookiecutter.module_name}}.routing.data_schema import DataSchema, Validate
from {{cookiecutter.module_name}}.routing.handler_form import Handler
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What was registered for one id; `timeout` in seconds."""

    pkg_id: int
    handler: Handler
    takes_context: bool
    roles: RequiredRoles
    schema: DataSchema | None
    validate: Validate
    timeout: float | None
    rate_limit: RateLimit | None
    name: str
    """As logs and metrics call it."""

    @property
    def handler_name(self) -> str:
        """For messages to developers."""
        return getattr(self.handler, "__qualname__", repr(self.handler))


@dataclass(slots=True)
class PackageCall:
    """What the steps work on; the last one leaves a reply."""

    package: Package
    request: RequestModel
    context: PackageContext
    rbac: RBACManager
    reply: ResponseModel | None = None

    def answer(self) -> ResponseModel:
        """Raises TypeError for a handler that returned something else."""
        if not isinstance(self.reply, ResponseModel):
            raise TypeError(
                f"{self.package.handler_name} returned no ResponseModel."
            )
        return self.reply


type Step = Callable[[PackageCall], Awaitable[None]]


async def check_roles(call: PackageCall) -> None:
    """Raises AuthenticationError or PermissionDeniedError."""
    package = call.package
    if package.roles is PUBLIC:
        return
    missing = call.rbac.check_ws_permission(package.pkg_id, call.context.user)
    if missing:
        raise PermissionDeniedError(missing)


async def check_rate_limit(call: PackageCall) -> None:
    """Raises RateLimitedError or UnavailableError."""
    rule, context = call.package.rate_limit, call.context
    if rule is None:
        return
    caller = context.caller
    subject = Subject(caller.id if caller else None, context.address)
    check = rule.check("package", f"{call.package.pkg_id:d}", subject)
    refusal = (await context.limiter.check([check])).refusal
    if refusal is not None:
        raise refusal


async def check_data(call: PackageCall) -> None:
    """Raises ValidationFailedError; else the handler gets what was read."""
    data = call.package.validate(call.request.data)
    if data is not call.request.data:
        call.request = replace(call.request, data=data)


async def run_handler(call: PackageCall) -> None:
    """Raises whatever the handler raises."""
    package = call.package
    if package.takes_context:
        call.reply = await package.handler(call.request, call.context)
    else:
        call.reply = await package.handler(call.request)


STEPS: Final[tuple[Step, ...]] = (
    check_roles,
    check_rate_limit,
    check_data,
    run_handler,
)
