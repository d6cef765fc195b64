"""The application's context in a route."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from {{cookiecutter.module_name}}.context import AppContext


def app_context(connection: HTTPConnection) -> AppContext:
    """Made in the lifespan; the same for every request."""
    context: AppContext = connection.app.state.context
    return context


async def _app_context(connection: HTTPConnection) -> AppContext:
    # FastAPI calls what is not async in a thread, at many times the price.
    return app_context(connection)


type ContextDep = Annotated[AppContext, Depends(_app_context)]
