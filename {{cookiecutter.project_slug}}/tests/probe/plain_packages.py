"""Packages that do what they should."""

import os
from typing import Any

from pydantic import BaseModel, Field

from {{cookiecutter.module_name}}.roles import PUBLIC
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel

ECHO = 900
TWO_ROLES = 908
OPEN = 909
BY_SCHEMA = 910
BY_MODEL = 911
WORKER = 917

ROLES = ("left-key", "right-key")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "amount": {"type": "integer", "minimum": 0},
    },
    "required": ["name"],
    "additionalProperties": False,
}


class Order(BaseModel):
    """The same rules as SCHEMA's."""

    model_config = {"extra": "forbid", "strict": True}

    name: str = Field(max_length=5)
    amount: int = Field(default=0, ge=0)


def success(request: RequestModel[Any], data: Any) -> ResponseModel:
    """The usual reply."""
    return ResponseModel.success(request.pkg_id, request.req_id, data)


@pkg_router.register(ECHO)
async def echo(request: RequestModel) -> ResponseModel:
    """Sends the data back."""
    return success(request, request.data)


@pkg_router.register(TWO_ROLES, roles=ROLES)
async def two_roles(request: RequestModel) -> ResponseModel:
    """Needs both."""
    return success(request, "open")


@pkg_router.register(OPEN, roles=PUBLIC)
async def public(request: RequestModel, ctx: PackageContext) -> ResponseModel:
    """Tells who asks, if it is known; needs no login."""
    caller = ctx.caller
    return success(request, caller.username if caller else None)


@pkg_router.register(BY_SCHEMA, json_schema=SCHEMA)
async def by_schema(request: RequestModel) -> ResponseModel:
    """Its data was checked."""
    return success(request, request.data["name"])


@pkg_router.register(BY_MODEL, json_schema=Order)
async def by_model(request: RequestModel[Order]) -> ResponseModel:
    """Its data is an object of the model."""
    return success(request, request.data.name)


@pkg_router.register(WORKER)
async def worker(request: RequestModel) -> ResponseModel:
    """Which process answers."""
    return success(request, os.getpid())
