"""Health in four forms, for people, load balancers and orchestrators."""

from typing import Any

from fastapi import APIRouter, Depends, Response

from {{cookiecutter.module_name}}.dependencies.context import ContextDep
from {{cookiecutter.module_name}}.dependencies.permissions import public
from {{cookiecutter.module_name}}.observability.health import (
    HealthState,
    Phase,
    overall,
)

router = APIRouter(
    prefix="/health", tags=["health"], dependencies=[Depends(public())]
)


@router.get("")
async def health(context: ContextDep, response: Response) -> dict[str, Any]:
    """All parts; production hides them. 503 when a needed one is down."""
    results = await context.health.run()
    state = overall(results)
    if state is HealthState.UNHEALTHY:
        response.status_code = 503
    if context.settings.production:
        return {"status": state}
    parts = {name: result.as_dict() for name, result in results.items()}
    return {"status": state, **parts}


@router.get("/live")
async def live() -> dict[str, str]:
    """The process answers; restart it when it does not."""
    return {"status": "alive"}


@router.get("/ready")
async def ready(context: ContextDep, response: Response) -> dict[str, str]:
    """503 while starting, draining, or without a critical part."""
    if context.phase is not Phase.SERVING:
        response.status_code = 503
        return {"status": context.phase}
    if not await context.health.ready():
        response.status_code = 503
        return {"status": HealthState.UNHEALTHY}
    return {"status": "ready"}


@router.get("/startup")
async def startup(context: ContextDep, response: Response) -> dict[str, str]:
    """503 until the start is over; later always 200."""
    if context.phase is Phase.STARTING:
        response.status_code = 503
    return {"status": context.phase}
