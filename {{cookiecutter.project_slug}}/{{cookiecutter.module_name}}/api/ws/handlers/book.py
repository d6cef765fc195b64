"""Books over WebSocket."""

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.commands.book_commands import CreateBook, ListBooks
from {{cookiecutter.module_name}}.repositories.book_repository import BookRepository
from {{cookiecutter.module_name}}.roles import Role
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.schemas.book import (
    BookInput,
    BookList,
    BookOutput,
)
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel


@pkg_router.register(
    PkgID.GET_BOOKS, json_schema=BookList, roles=[Role.GET_BOOKS]
)
async def get_books(
    request: RequestModel[BookList], ctx: PackageContext
) -> ResponseModel:
    """Books by id, each with its author."""
    async with ctx.reading() as session:
        found = await ListBooks(BookRepository(session)).execute(request.data)
        books = [BookOutput.model_validate(book) for book in found]
    return ResponseModel.success(request.pkg_id, request.req_id, data=books)


@pkg_router.register(
    PkgID.CREATE_BOOK, json_schema=BookInput, roles=[Role.CREATE_BOOK]
)
async def create_book(
    request: RequestModel[BookInput], ctx: PackageContext
) -> ResponseModel:
    """One more book."""
    async with ctx.session() as session:
        command = CreateBook(BookRepository(session))
        book = BookOutput.model_validate(await command.execute(request.data))
    return ResponseModel.success(request.pkg_id, request.req_id, data=book)
