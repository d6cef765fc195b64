"""Packages with limits of their own."""

from {{cookiecutter.module_name}}.protection.rate_limit_rule import RateLimit
from {{cookiecutter.module_name}}.roles import PUBLIC
from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel

from tests.probe.plain_packages import success

LIMITED = 940
OPEN_LIMITED = 941


@pkg_router.register(
    LIMITED, json_schema={"type": "object"}, rate_limit=RateLimit(3)
)
async def limited(request: RequestModel) -> ResponseModel:
    """Three a minute."""
    return success(request, "served")


@pkg_router.register(OPEN_LIMITED, roles=PUBLIC, rate_limit=RateLimit(2))
async def open_limited(request: RequestModel) -> ResponseModel:
    """Two a minute, also for nobody."""
    return success(request, "served")
