"""A login and nothing else, against a route that does nothing."""

from fastapi import FastAPI

from {{cookiecutter.module_name}}.schemas.user import CurrentUser
from {{cookiecutter.module_name}}.settings import Settings

from benchmarks.comparison import Comparison
from benchmarks.load.http_requests import HttpRequests

USER = CurrentUser.model_validate(
    {
        "id": "00000000-0000-0000-0000-000000000000",
        "username": "alice",
        "roles": ["one", "another"],
        "session_id": "00000000-0000-0000-0000-000000000000",
        "expires_at": "2030-01-01T00:00:00Z",
    }
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
