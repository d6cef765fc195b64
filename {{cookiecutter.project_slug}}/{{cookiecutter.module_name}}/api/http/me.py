"""Who the service thinks you are."""

from fastapi import APIRouter, Depends

from {{cookiecutter.module_name}}.dependencies.permissions import authenticated
from {{cookiecutter.module_name}}.dependencies.user import UserDep
from {{cookiecutter.module_name}}.schemas.user import CurrentUser

router = APIRouter(
    prefix="/api/me", tags=["users"], dependencies=[Depends(authenticated())]
)


@router.get("")
async def get_me(user: UserDep) -> CurrentUser:
    """The user, roles, session and expiry of your token."""
    return CurrentUser.of(user)
