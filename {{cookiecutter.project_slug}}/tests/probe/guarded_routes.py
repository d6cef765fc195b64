"""A route that nobody in the realm may call."""

from fastapi import APIRouter, Depends

from {{cookiecutter.module_name}}.dependencies.permissions import require_roles

router = APIRouter(prefix="/probe")


@router.get("/guarded", dependencies=[Depends(require_roles("probe"))])
async def guarded() -> None:
    """Is not reached."""
