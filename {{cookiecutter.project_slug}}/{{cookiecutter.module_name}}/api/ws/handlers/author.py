"""Authors over WebSocket."""

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.commands.author_commands import (
    CreateAuthor,
    ListAuthors,
    PageAuthors,
)
from {{cookiecutter.module_name}}.repositories.author_repository import (
    AuthorRepository,
)
from {{cookiecutter.module_name}}.roles import Role
from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.schemas.author import (
    AuthorInput,
    AuthorList,
    AuthorOutput,
    AuthorPage,
)
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel


@pkg_router.register(
    PkgID.GET_AUTHORS, json_schema=AuthorList, roles=[Role.GET_AUTHORS]
)
async def get_authors(
    request: RequestModel[AuthorList], ctx: PackageContext
) -> ResponseModel:
    """Authors by id."""
    async with ctx.reading() as session:
        command = ListAuthors(AuthorRepository(session))
        rows = await command.execute(request.data)
    return ResponseModel.success(request.pkg_id, request.req_id, data=rows)


@pkg_router.register(
    PkgID.GET_PAGINATED_AUTHORS,
    json_schema=AuthorPage,
    roles=[Role.GET_AUTHORS],
)
async def get_paginated_authors(
    request: RequestModel[AuthorPage], ctx: PackageContext
) -> ResponseModel:
    """A page of authors, by number or by cursor, and where it stands."""
    async with ctx.reading() as session:
        command = PageAuthors(AuthorRepository(session))
        rows, meta = await command.execute(request.data)
    return ResponseModel.success(
        request.pkg_id, request.req_id, data=rows, meta=meta
    )


@pkg_router.register(
    PkgID.CREATE_AUTHOR, json_schema=AuthorInput, roles=[Role.CREATE_AUTHOR]
)
async def create_author(
    request: RequestModel[AuthorInput], ctx: PackageContext
) -> ResponseModel:
    """One more author."""
    async with ctx.session() as session:
        command = CreateAuthor(AuthorRepository(session))
        author = await command.execute(request.data)
    return ResponseModel.success(
        request.pkg_id,
        request.req_id,
        data=AuthorOutput.model_validate(author),
    )
