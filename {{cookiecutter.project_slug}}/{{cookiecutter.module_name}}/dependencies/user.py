"""The caller of a route."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from {{cookiecutter.module_name}}.auth import AuthenticatedUser, RejectedUser
from {{cookiecutter.module_name}}.exceptions import AuthenticationError
from {{cookiecutter.module_name}}.schemas.user import UserModel


def current_user(connection: HTTPConnection) -> UserModel:
    """Raises what was wrong with the token, or that there was none."""
    caller = connection.scope["user"]
    if isinstance(caller, AuthenticatedUser):
        return caller.user
    if isinstance(caller, RejectedUser):
        raise caller.error
    raise AuthenticationError("not_authenticated", "A login is needed.")


async def _current_user(connection: HTTPConnection) -> UserModel:
    # FastAPI calls what is not async in a thread, at many times the price.
    return current_user(connection)


type UserDep = Annotated[UserModel, Depends(_current_user)]
