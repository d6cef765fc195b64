"""Registration is a table; nothing is registered twice or cleared."""

import pytest

from {{cookiecutter.module_name}}.api.ws.handlers import load_handlers
from {{cookiecutter.module_name}}.exceptions import UnknownPackageError
from {{cookiecutter.module_name}}.roles import PUBLIC
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.routing.package_router import PackageRouter
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel

REPLY = ResponseModel.success(1, "")


async def handler(request: RequestModel) -> ResponseModel:
    return ResponseModel.success(request.pkg_id, request.req_id)


async def with_context(
    request: RequestModel, ctx: PackageContext
) -> ResponseModel:
    return ResponseModel.success(request.pkg_id, request.req_id)


def test_roles_are_kept_by_id() -> None:
    router = PackageRouter()
    assert router.register(1, roles=["b", "a"])(handler) is handler
    router.register(2)(with_context)
    router.register(3, roles=PUBLIC)(handler)
    assert router.permissions_registry == {1: ("b", "a"), 2: (), 3: PUBLIC}


def test_an_id_is_given_once() -> None:
    router = PackageRouter()
    router.register(1)(handler)
    with pytest.raises(ValueError, match="handler"):
        router.register(1)(handler)


def test_a_name_is_no_list_of_roles() -> None:
    with pytest.raises(TypeError):
        PackageRouter().register(1, roles="admin")(handler)


def test_a_frozen_table_does_not_grow() -> None:
    router = PackageRouter()
    router.register(1)(handler)
    table = router.freeze()
    router.register(2)(handler)
    assert list(table.packages) == [1]
    assert dict(table.permissions_registry) == {1: ()}
    with pytest.raises(UnknownPackageError, match="2"):
        table.find(2)


def test_every_id_has_a_handler() -> None:
    assert load_handlers().packages


async def no_request() -> ResponseModel:
    return REPLY


async def three(
    request: RequestModel, ctx: PackageContext, more: str
) -> ResponseModel:
    return REPLY


async def untyped(request, ctx):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    return REPLY


async def other_order(
    ctx: PackageContext, request: RequestModel
) -> ResponseModel:
    return REPLY


async def other_reply(request: RequestModel) -> str:
    return str(request.pkg_id)


async def starred(*requests: RequestModel) -> ResponseModel:
    return REPLY


def blocking(request: RequestModel) -> ResponseModel:
    return REPLY


@pytest.mark.parametrize(
    "wrong",
    [no_request, three, untyped, other_order, other_reply, starred, blocking],
    ids=lambda found: found.__name__,
)
def test_another_form_is_refused_with_the_fix(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"Fix: write `async def") as refusal:
        PackageRouter().register(1)(wrong)  # type: ignore[type-var]
    assert wrong.__name__ in str(refusal.value)  # type: ignore[attr-defined]
