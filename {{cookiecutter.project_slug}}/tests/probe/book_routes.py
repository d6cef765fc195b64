"""A list made the wrong way."""

from fastapi import APIRouter, Depends
from sqlmodel import col, select

from {{cookiecutter.module_name}}.dependencies.permissions import public
from {{cookiecutter.module_name}}.dependencies.session import ReadSessionDep
from {{cookiecutter.module_name}}.models.book import Book

router = APIRouter(prefix="/probe/books", dependencies=[Depends(public())])


@router.get("")
async def one_by_one(session: ReadSessionDep) -> list[str]:
    """Asks for the author of each book when it comes to it."""
    books = (await session.exec(select(Book).order_by(col(Book.id)))).all()
    authors = [await book.awaitable_attrs.author for book in books]
    return [author.name for author in authors]
