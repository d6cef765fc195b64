"""Packages that speak to sockets, wherever they are."""

from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel

from tests.probe.plain_packages import success

BROADCAST = 920
SEND_TO_USER = 921
DISCONNECT = 922
FLOOD = 923


@pkg_router.register(BROADCAST)
async def broadcast(
    request: RequestModel, ctx: PackageContext
) -> ResponseModel:
    """`message` to all."""
    await ctx.bus.broadcast(request.data["message"])
    return success(request, "sent")


@pkg_router.register(SEND_TO_USER)
async def send_to_user(
    request: RequestModel, ctx: PackageContext
) -> ResponseModel:
    """`message` to the sockets of `user_id`."""
    await ctx.bus.send_to_user(
        request.data["user_id"], request.data["message"]
    )
    return success(request, "sent")


@pkg_router.register(DISCONNECT)
async def disconnect(
    request: RequestModel, ctx: PackageContext
) -> ResponseModel:
    """Of `user_id` or `session_id`."""
    await ctx.bus.disconnect(**request.data)
    return success(request, "done")


@pkg_router.register(FLOOD, timeout=600)
async def flood(request: RequestModel, ctx: PackageContext) -> ResponseModel:
    """`count` broadcasts of `size` bytes, one after another."""
    text = "x" * request.data["size"]
    for number in range(request.data["count"]):
        await ctx.bus.broadcast({"number": number, "text": text})
    return success(request, "sent")
