"""Packages that misbehave, to see that each request has one reply."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import BaseModel, Field

from {{cookiecutter.module_name}}.exceptions import (
    ConflictError,
    NotFoundError,
    ServiceError,
    UnavailableError,
    ValidationFailedError,
)
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel

from tests.probe.plain_packages import success

FAIL = 902
STUBBORN = 903
TOO_MUCH = 904
NO_JSON = 905
WRONG_TYPE = 906
OTHER_IDS = 907
HASTY = 912
DOMAIN_ERROR = 913
CANCELS_ITSELF = 914
CROWD = 915
CROWD_SIZE = 916

ERRORS: Final[Mapping[str, type[ServiceError]]] = {
    "conflict": ConflictError,
    "not_found": NotFoundError,
    "validation_error": ValidationFailedError,
    "unavailable": UnavailableError,
}
# Made when asked for: orjson takes none of them.
NO_JSONS: Final[Mapping[str, Callable[[], Any]]] = {
    "object": object,
    "surrogate": lambda: "\ud800",
    "huge": lambda: 2**70,
    "key": lambda: {(1, 2): 3},
    "endless": lambda: _endless(),
}
_running: Counter[str] = Counter()


class Nap(BaseModel):
    """How long to sleep."""

    seconds: float = Field(ge=0)


def _endless() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


@pkg_router.register(FAIL)
async def fail(request: RequestModel) -> ResponseModel:
    """What nobody expected."""
    raise RuntimeError("the secret inside")


@pkg_router.register(DOMAIN_ERROR)
async def domain_error(request: RequestModel) -> ResponseModel:
    """Raises what `data.code` names."""
    raise ERRORS[request.data["code"]]("So it is.")


@pkg_router.register(STUBBORN, timeout=0.2)
async def stubborn(request: RequestModel) -> ResponseModel:
    """Does not listen when it is told to stop."""
    for _ in range(3):
        try:
            await asyncio.sleep(1.5)
        except asyncio.CancelledError:
            continue
    return success(request, "too late")


@pkg_router.register(TOO_MUCH)
async def too_much(request: RequestModel) -> ResponseModel:
    """More than an outbox holds."""
    return success(request, "x" * 2_000_000)


@pkg_router.register(NO_JSON)
async def no_json(request: RequestModel) -> ResponseModel:
    """Returns what `data.kind` names."""
    return success(request, NO_JSONS[request.data["kind"]]())


@pkg_router.register(WRONG_TYPE)
async def wrong_type(request: RequestModel) -> ResponseModel:
    """Forgot what it promised."""
    return {"pkg_id": WRONG_TYPE}  # type: ignore[return-value]


@pkg_router.register(OTHER_IDS)
async def other_ids(request: RequestModel) -> ResponseModel:
    """Answers as if somebody else had asked."""
    return ResponseModel.success(1, "another", "mine")


@pkg_router.register(HASTY, timeout=0.2)
async def hasty(request: RequestModel) -> ResponseModel:
    """Never makes it."""
    await asyncio.sleep(30)
    return success(request, "too late")


@pkg_router.register(CANCELS_ITSELF)
async def cancels_itself(request: RequestModel) -> ResponseModel:
    """As a library does that leaks its own cancellation."""
    raise asyncio.CancelledError


@pkg_router.register(CROWD, json_schema=Nap)
async def crowd(
    request: RequestModel[Nap], ctx: PackageContext
) -> ResponseModel:
    """How many of the user's run, this one included, when it begins."""
    _running[ctx.user.id] += 1
    found = _running[ctx.user.id]
    try:
        await asyncio.sleep(request.data.seconds)
    finally:
        _running[ctx.user.id] -= 1
    return success(request, found)


@pkg_router.register(CROWD_SIZE)
async def crowd_size(
    request: RequestModel, ctx: PackageContext
) -> ResponseModel:
    """How many of the user's CROWD run now."""
    return success(request, _running[ctx.user.id])
