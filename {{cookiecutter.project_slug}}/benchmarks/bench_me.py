"""A login and nothing else, against a route that does nothing."""

from datetime import UTC, datetime

from fastapi import FastAPI

from {{cookiecutter.module_name}}.schemas.user import CurrentUser
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.types import SessionId, UserId, Username

from benchmarks.comparison import Comparison
from benchmarks.load.http_requests import HttpRequests

USER = CurrentUser(
    id=UserId("00000000-0000-0000-0000-000000000000"),
    username=Username("alice"),
    roles=["one", "another"],
    session_id=SessionId("00000000-0000-0000-0000-000000000000"),
    expires_at=datetime(2030, 1, 1, tzinfo=UTC),
)


def baseline(_: Settings) -> FastAPI:
    """The same reply from a constant."""
    app = FastAPI()

    @app.get("/api/me")
    async def get_me() -> CurrentUser:
        return USER

    return app


comparison = Comparison(
    title="GET /api/me, all on",
    load=HttpRequests("/api/me"),
    baseline=baseline,
    baseline_title="bare FastAPI route",
)
