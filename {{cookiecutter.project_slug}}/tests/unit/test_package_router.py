"""Registration is a table; nothing is registered twice or cleared."""

import pytest

from {{cookiecutter.module_name}}.roles import PUBLIC
from {{cookiecutter.module_name}}.routing.package_router import PackageRouter


async def handler() -> None:
    """Does nothing."""


def test_roles_are_kept_by_id() -> None:
    router = PackageRouter()
    assert router.register(1, roles=["b", "a"])(handler) is handler
    router.register(2)(handler)
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
    assert dict(table.handlers) == {1: handler}
    assert dict(table.permissions_registry) == {1: ()}
