"""Authors over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from {{cookiecutter.module_name}}.api.http.rows import page_reply, rows_reply
from {{cookiecutter.module_name}}.commands.author_commands import (
    AuthorChange,
    CreateAuthor,
    DeleteAuthor,
    GetAuthor,
    ListAuthors,
    PageAuthors,
    UpdateAuthor,
)
from {{cookiecutter.module_name}}.dependencies.author import (
    AuthorsDep,
    ReadAuthorsDep,
)
from {{cookiecutter.module_name}}.dependencies.etag import ExpectedVersions, etag
from {{cookiecutter.module_name}}.dependencies.permissions import require_roles
from {{cookiecutter.module_name}}.roles import Role
from {{cookiecutter.module_name}}.schemas.author import (
    AuthorId,
    AuthorInput,
    AuthorList,
    AuthorOutput,
    AuthorPage,
    AuthorPageOutput,
)

router = APIRouter(prefix="/api/authors", tags=["authors"])


@router.get(
    "",
    response_model=list[AuthorOutput],
    dependencies=[Depends(require_roles(Role.GET_AUTHORS))],
)
async def list_authors(
    wanted: Annotated[AuthorList, Query()], authors: ReadAuthorsDep
) -> Response:
    """Authors by id."""
    return rows_reply(await ListAuthors(authors).execute(wanted))


@router.get(
    "/paginated",
    response_model=AuthorPageOutput,
    dependencies=[Depends(require_roles(Role.GET_AUTHORS))],
)
async def list_authors_by_page(
    wanted: Annotated[AuthorPage, Query()], authors: ReadAuthorsDep
) -> Response:
    """A page of authors, by number or by cursor, and where it stands."""
    return page_reply(await PageAuthors(authors).execute(wanted))


@router.get(
    "/{author_id}",
    dependencies=[Depends(require_roles(Role.GET_AUTHORS))],
)
async def get_author(
    author_id: AuthorId, authors: ReadAuthorsDep, response: Response
) -> AuthorOutput:
    """One author; `ETag` is for a later PUT."""
    author = await GetAuthor(authors).execute(author_id)
    response.headers["ETag"] = etag(author.version)
    return AuthorOutput.model_validate(author)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(require_roles(Role.CREATE_AUTHOR, Role.ADMIN))],
)
async def create_author(
    data: AuthorInput, authors: AuthorsDep, response: Response
) -> AuthorOutput:
    """One more author; 409 when the name exists."""
    author = await CreateAuthor(authors).execute(data)
    response.headers["Location"] = f"{router.prefix}/{author.id}"
    response.headers["ETag"] = etag(author.version)
    return AuthorOutput.model_validate(author)


@router.put(
    "/{author_id}",
    dependencies=[Depends(require_roles(Role.UPDATE_AUTHOR))],
)
async def update_author(
    author_id: AuthorId,
    data: AuthorInput,
    versions: ExpectedVersions,
    authors: AuthorsDep,
    response: Response,
) -> AuthorOutput:
    """Another name; 412 when `If-Match` names an older version."""
    change = AuthorChange(author_id, data.name, versions)
    author = await UpdateAuthor(authors).execute(change)
    response.headers["ETag"] = etag(author.version)
    return AuthorOutput.model_validate(author)


@router.delete(
    "/{author_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[Depends(require_roles(Role.DELETE_AUTHOR, Role.ADMIN))],
)
async def delete_author(author_id: AuthorId, authors: AuthorsDep) -> None:
    """One author less."""
    await DeleteAuthor(authors).execute(author_id)
