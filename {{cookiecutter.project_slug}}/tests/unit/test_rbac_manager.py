"""All roles that are named are needed, for routes and packages alike."""

from datetime import UTC, datetime

import pytest

from {{cookiecutter.module_name}}.exceptions import PermissionDeniedError
from {{cookiecutter.module_name}}.managers.rbac_manager import RBACManager
from {{cookiecutter.module_name}}.roles import PUBLIC
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.types import UserId, Username


def user(*roles: str) -> UserModel:
    return UserModel(
        id=UserId("1"),
        username=Username("somebody"),
        roles=frozenset(roles),
        session_id=None,
        issued_at=datetime.now(UTC),
        expires_at=datetime.now(UTC),
    )


@pytest.mark.parametrize(
    ("held", "required", "missing"),
    [
        ((), (), ()),
        ((), ("a",), ("a",)),
        (("a",), ("a",), ()),
        (("a",), ("b", "a"), ("b",)),
        (("c",), ("b", "a", "b"), ("a", "b")),
        (("a", "b", "c"), ("a", "b"), ()),
    ],
)
def test_every_role_counts(
    held: tuple[str, ...], required: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    rbac = RBACManager({1: required})
    assert rbac.check(user(*held), required) == missing
    assert rbac.check_ws_permission(1, user(*held)) == missing
    if not missing:
        rbac.require(user(*held), required)
        return
    with pytest.raises(PermissionDeniedError) as caught:
        rbac.require(user(*held), required)
    assert caught.value.missing == missing
    assert all(role in caught.value.detail for role in missing)


def test_a_public_package_asks_for_nothing() -> None:
    assert RBACManager({1: PUBLIC}).check_ws_permission(1, user()) == ()


def test_an_unknown_package_is_not_open() -> None:
    with pytest.raises(KeyError):
        RBACManager().check_ws_permission(999, user("a"))
