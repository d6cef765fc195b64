"""Routes with limits of their own."""

from fastapi import APIRouter, Depends, Response

from {{cookiecutter.module_name}}.dependencies.permissions import (
    authenticated,
    public,
)
from {{cookiecutter.module_name}}.dependencies.rate_limit import rate_limit

router = APIRouter(
    prefix="/probe/limited", dependencies=[Depends(rate_limit(3))]
)


@router.get("/twice", dependencies=[Depends(public()), Depends(rate_limit(2))])
async def twice() -> str:
    """The tighter of two."""
    return "served"


@router.get("/thrice", dependencies=[Depends(public())])
async def thrice() -> str:
    """The router's."""
    return "served"


@router.get(
    "/by-address",
    dependencies=[
        Depends(authenticated()),
        Depends(rate_limit(1, burst=1, by="address")),
    ],
)
async def by_address() -> str:
    """Whoever it is."""
    return "served"


@router.get("/own-header", dependencies=[Depends(public())])
async def own_header(response: Response) -> str:
    """Tells of another limit itself."""
    response.headers["X-RateLimit-Limit"] = "12345"
    return "served"
