"""The OpenAPI document and Swagger UI, served from local files only.

Swagger UI's own files come with the package `fastapi-swagger`, of which no
code is used.
"""

import html
import mimetypes
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, HTMLResponse
from starlette.requests import Request

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.api.openapi_document import openapi_document
from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.dependencies.context import ContextDep, app_context
from {{cookiecutter.module_name}}.dependencies.permissions import public
from {{cookiecutter.module_name}}.exceptions import NotFoundError

OWN_FILES = Path(__file__).parents[1] / "static" / "docs"
OWN_ASSETS = ("init.js", "oauth2-redirect.js", "page.css")
SWAGGER_UI_ASSETS = (
    "favicon-32x32.png",
    "swagger-ui-bundle.js",
    "swagger-ui.css",
)


def docs_enabled(request: Request) -> AppContext:
    """Nothing is to be found here where `settings.docs` is off."""
    context = app_context(request)
    if not context.settings.docs:
        raise NotFoundError("There is nothing here.")
    return context


router = APIRouter(
    include_in_schema=False,
    dependencies=[Depends(public()), Depends(docs_enabled)],
)


@router.get("/openapi.json")
async def openapi(request: Request, context: ContextDep) -> dict[str, Any]:
    """OpenAPI 3.1."""
    return openapi_document(request.app, context.settings)


@router.get("/docs", response_class=HTMLResponse)
async def swagger_ui(context: ContextDep) -> HTMLResponse:
    """The page; links are relative, so that a proxy may add a prefix."""
    page = Template((OWN_FILES / "index.html").read_text())
    return HTMLResponse(
        page.substitute(
            title=html.escape(constants.PROJECT_NAME),
            client_id=html.escape(context.settings.KEYCLOAK_CLIENT_ID),
        )
    )


@router.get("/docs/oauth2-redirect", response_class=FileResponse)
async def oauth2_redirect() -> FileResponse:
    """Where Keycloak sends the browser with a code.

    It was at Keycloak, a page of another origin: only without an opener
    policy may it still speak to the window that opened it.
    """
    return FileResponse(
        OWN_FILES / "oauth2-redirect.html",
        headers={"Cross-Origin-Opener-Policy": "unsafe-none"},
    )


@router.get("/docs/{asset}", response_class=FileResponse)
async def docs_asset(asset: str) -> FileResponse:
    """A script, a style sheet or an icon."""
    path = _asset_path(asset)
    if path is None:
        raise NotFoundError("There is nothing here.")
    media_type, _ = mimetypes.guess_type(asset)
    return FileResponse(path, media_type=media_type)


def _asset_path(asset: str) -> Path | None:
    if asset in OWN_ASSETS:
        return OWN_FILES / asset
    if asset in SWAGGER_UI_ASSETS:
        return _swagger_ui_folder() / asset
    return None


def _swagger_ui_folder() -> Path:
    spec = find_spec("fastapi_swagger")
    if spec is None or spec.origin is None:
        raise NotFoundError("Swagger UI is not installed.")
    return Path(spec.origin).parent / "resources"
