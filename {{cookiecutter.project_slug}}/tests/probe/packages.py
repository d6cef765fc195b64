"""Packages that take their time, to see how sockets end."""

import asyncio

from pydantic import BaseModel, Field

from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel

SLOW = 901


class Nap(BaseModel):
    """How long to sleep."""

    seconds: float = Field(ge=0)


@pkg_router.register(SLOW, json_schema=Nap, timeout=600)
async def slow(request: RequestModel[Nap]) -> ResponseModel:
    """Answers afterwards."""
    await asyncio.sleep(request.data.seconds)
    return ResponseModel.success(
        request.pkg_id, request.req_id, {"slept": request.data.seconds}
    )
