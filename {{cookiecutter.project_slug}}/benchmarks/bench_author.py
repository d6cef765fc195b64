"""The list of 20 authors, against the textbook's way."""

from collections.abc import Sequence

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.models.author import Author
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.db import Database

from benchmarks.comparison import Comparison
from benchmarks.load.http_requests import HttpRequests

AUTHORS = 20


def baseline(settings: Settings) -> FastAPI:
    """FastAPI, SQLModel and asyncpg; no login, metric or log."""
    app = FastAPI()
    engine = create_async_engine(
        settings.database_url, pool_size=settings.DB_POOL_SIZE
    )

    @app.get("/api/authors")
    async def list_authors() -> Sequence[Author]:
        async with AsyncSession(engine) as session:
            query = select(Author).order_by(col(Author.id)).limit(100)
            return (await session.exec(query)).all()

    return app


async def prepare(database: Database) -> None:
    """These authors and no others."""
    async with database.transaction() as session:
        await session.execute(delete(Author))
        session.add_all(Author(name=f"Author {i}") for i in range(AUTHORS))


comparison = Comparison(
    title="GET 20 authors, all on",
    load=HttpRequests("/api/authors"),
    baseline=baseline,
    baseline_title="textbook",
    aim=1.2,
    prepare=prepare,
)
