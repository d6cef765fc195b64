"""Prometheus scrapes here."""

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST

from {{cookiecutter.module_name}}.dependencies.context import ContextDep
from {{cookiecutter.module_name}}.dependencies.permissions import public

router = APIRouter(tags=["metrics"], dependencies=[Depends(public())])


@router.get("/metrics", response_class=Response)
async def metrics(context: ContextDep) -> Response:
    """Text exposition of all metrics."""
    return Response(
        context.metrics.render(), headers={"content-type": CONTENT_TYPE_LATEST}
    )
