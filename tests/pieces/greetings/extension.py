"""What the piece adds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, Depends
from pydantic_settings import BaseSettings
from sqlalchemy import text
from src.context import AppContext
from src.dependencies.context import ContextDep
from src.dependencies.permissions import require_roles
from src.extension import Extension, Slot
from src.observability.health import Check
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class GreetingSettings(BaseSettings):
    """The piece's own variables."""

    GREETING_TEXT: str = "Hello"


@asynccontextmanager
async def greet_once(context: AppContext) -> AsyncIterator[None]:
    """Leave a row when the service starts."""
    words = context.settings_of(GreetingSettings).GREETING_TEXT
    async with context.database.transaction() as session:
        statement = text("INSERT INTO greeting (text) VALUES (:words)")
        await session.execute(statement, {"words": words})
    yield


class GreetingHeader:
    """Tells who called, which only stands there after authentication."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = scope["user"].is_authenticated
                headers = MutableHeaders(scope=message)
                headers["X-Greeting"] = "known" if known else "stranger"
            await send(message)

        await self._app(scope, receive, with_header)


def check_greetings(context: AppContext) -> Check:
    async def check() -> None:
        async with context.database.reading() as session:
            await session.execute(text("SELECT 1 FROM greeting"))

    return check


router = APIRouter(
    prefix="/api/greetings", dependencies=[Depends(require_roles("greet"))]
)


@router.get("")
async def greetings(context: ContextDep) -> list[str]:
    """All greetings so far."""
    async with context.database.reading() as session:
        found = await session.execute(text("SELECT text FROM greeting"))
        return [row.text for row in found]


extension = Extension(
    name="greetings",
    settings=GreetingSettings,
    lifespan=greet_once,
    middlewares={Slot.AFTER_AUTHENTICATION: [GreetingHeader]},
    routers=[router],
    roles=["greet"],
    health_checks={"greetings": check_greetings},
    migrations=Path(__file__).parent / "migrations",
)
