"""What a guard says about itself is what it checks."""

import pytest
from starlette.authentication import UnauthenticatedUser
from starlette.requests import HTTPConnection

from {{cookiecutter.module_name}}.auth import RejectedUser
from {{cookiecutter.module_name}}.dependencies.permissions import (
    authenticated,
    public,
    require_roles,
)
from {{cookiecutter.module_name}}.exceptions import AuthenticationError
from {{cookiecutter.module_name}}.protocols import RouteGuard


def connection(user: object) -> HTTPConnection:
    return HTTPConnection({"type": "http", "user": user, "headers": []})


def test_guards_tell_the_route_table() -> None:
    assert require_roles("a", "b").roles == ("a", "b")
    assert not require_roles("a").public
    assert not authenticated().public
    assert public().public
    assert isinstance(public(), RouteGuard)


def test_roles_of_nothing_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="authenticated"):
        require_roles()


async def test_public_asks_nothing() -> None:
    stale = RejectedUser(AuthenticationError("token_expired", "Too late."))
    await public()(connection(stale))
    await public()(connection(UnauthenticatedUser()))


async def test_nobody_is_asked_to_log_in() -> None:
    for guard in (authenticated(), require_roles("a")):
        with pytest.raises(AuthenticationError) as caught:
            await guard(connection(UnauthenticatedUser()))
        assert caught.value.code == "not_authenticated"
        assert caught.value.headers["WWW-Authenticate"].startswith("Bearer")
        assert "error" not in caught.value.headers["WWW-Authenticate"]


async def test_a_refused_token_is_told_why() -> None:
    error = AuthenticationError("token_expired", "Too late.")
    with pytest.raises(AuthenticationError) as caught:
        await authenticated()(connection(RejectedUser(error)))
    assert caught.value is error
