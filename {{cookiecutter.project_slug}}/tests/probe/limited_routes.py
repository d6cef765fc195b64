"""Routes with limits of their own."""

from fastapi import APIRouter, Depends, Response

from {{cookiecutter.module_name}}.dependencies.permissions import (
    authenticated,
    public,
)
from {{cookiecutter.module_name}}.dependencies.rate_limit import rate_limit

ALONE = 15

router = APIRouter(prefix="/probe")
limited = APIRouter(prefix="/limited", dependencies=[Depends(rate_limit(3))])


@limited.get(
    "/twice", dependencies=[Depends(public()), Depends(rate_limit(2))]
)
async def twice() -> str:
    """The tighter of two."""
    return "served"


@limited.get("/thrice", dependencies=[Depends(public())])
async def thrice() -> str:
    """The router's."""
    return "served"


@limited.get(
    "/by-address",
    dependencies=[
        Depends(authenticated()),
        Depends(rate_limit(1, burst=1, by="address")),
    ],
)
async def by_address() -> str:
    """Whoever it is."""
    return "served"


@limited.get("/own-header", dependencies=[Depends(public())])
async def own_header(response: Response) -> str:
    """Tells of another limit itself."""
    response.headers["X-RateLimit-Limit"] = "12345"
    return "served"


@router.get(
    "/alone",
    dependencies=[
        Depends(public()),
        Depends(rate_limit(ALONE, by="address", alone=True)),
    ],
)
async def alone() -> str:
    """The limit of all requests does not count."""
    return "served"


router.include_router(limited)
