"""Who the service thinks you are."""

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel
from {{cookiecutter.module_name}}.schemas.user import CurrentUser


@pkg_router.register(PkgID.WHOAMI)
async def whoami(request: RequestModel, ctx: PackageContext) -> ResponseModel:
    """The user, roles, session and expiry of the socket's login."""
    return ResponseModel.success(
        request.pkg_id, request.req_id, data=CurrentUser.of(ctx.user)
    )
