"""Packages that did harm once, by what they raise, keep or return."""

import asyncio
from collections import Counter
from typing import Any

from pydantic import BaseModel, Field

from {{cookiecutter.module_name}}.exceptions import ConflictError
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel

from tests.probe.plain_packages import success

NO_EXCEPTION = 930
ODD_DETAIL = 931
TIDY = 932
LET_TIDY = 933
TIDIED = 934
BIG = 935

_tidied: dict[str, Counter[str]] = {}
_may_tidy: dict[str, asyncio.Event] = {}


class OddError(BaseException):
    """What `except Exception` lets through."""


class Size(BaseModel):
    """Of a reply's data."""

    bytes: int = Field(ge=0)


@pkg_router.register(NO_EXCEPTION)
async def no_exception(request: RequestModel) -> ResponseModel:
    """As a library does that means to end the program."""
    raise OddError


@pkg_router.register(ODD_DETAIL)
async def odd_detail(request: RequestModel) -> ResponseModel:
    """Hands on another error in place of its text."""
    odd: Any = ValueError("no text")
    raise ConflictError(odd)


@pkg_router.register(TIDY, timeout=600)
async def tidy(request: RequestModel, ctx: PackageContext) -> ResponseModel:
    """Waits for its end; its cleaning up waits for LET_TIDY."""
    may = _may_tidy[ctx.user.id] = asyncio.Event()
    kept = _tidied[ctx.user.id] = Counter()
    try:
        await asyncio.sleep(600)
    finally:
        try:
            await may.wait()
            kept["whole"] += 1
        except asyncio.CancelledError:
            kept["cut short"] += 1
            raise
    return success(request, None)


@pkg_router.register(LET_TIDY)
async def let_tidy(
    request: RequestModel, ctx: PackageContext
) -> ResponseModel:
    """Whatever TIDY of the user cleans up may be done now."""
    _may_tidy[ctx.user.id].set()
    return success(request, None)


@pkg_router.register(TIDIED)
async def tidied(request: RequestModel, ctx: PackageContext) -> ResponseModel:
    """How the user's TIDY cleaned up."""
    return success(request, dict(_tidied[ctx.user.id]))


@pkg_router.register(BIG, json_schema=Size)
async def big(request: RequestModel[Size]) -> ResponseModel:
    """Of the size that is asked for."""
    return success(request, "x" * request.data.bytes)
