"""The OpenAPI document, with what the guards say about each operation."""

import copy
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from {{cookiecutter.module_name}}.routing.route_table import RouteEntry, RouteTable
from {{cookiecutter.module_name}}.schemas.problem import ProblemDetails
from {{cookiecutter.module_name}}.settings import Settings

BEARER = "bearer"
KEYCLOAK = "keycloak"
_PROBLEM = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")


def openapi_document(app: FastAPI, settings: Settings) -> dict[str, Any]:
    """FastAPI's document, completed; a new object each time."""
    document = copy.deepcopy(app.openapi())
    components = document.setdefault("components", {})
    components["securitySchemes"] = _schemes(settings)
    schemas = components.setdefault("schemas", {})
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    schemas.update(_problem_schemas())
    for entry, operation in _operations(document, app.state.routes):
        _describe_errors(operation, entry)
        operation["security"] = (
            [] if entry.public else [{KEYCLOAK: ["openid"]}, {BEARER: []}]
        )
    return document


def _schemes(settings: Settings) -> dict[str, Any]:
    endpoint = f"{settings.keycloak_issuer}/protocol/openid-connect"
    return {
        KEYCLOAK: {
            "type": "oauth2",
            "description": "Login on Keycloak's page (code with PKCE).",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": f"{endpoint}/auth",
                    "tokenUrl": f"{endpoint}/token",
                    "refreshUrl": f"{endpoint}/token",
                    "scopes": {"openid": "Who you are"},
                }
            },
        },
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token, such as `make token` prints.",
        },
    }


def _problem_schemas() -> dict[str, Any]:
    schema = ProblemDetails.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    return {**schema.pop("$defs", {}), "ProblemDetails": schema}


def _operations(
    document: dict[str, Any], routes: RouteTable
) -> Iterator[tuple[RouteEntry, dict[str, Any]]]:
    for entry in routes.entries:
        methods = document["paths"].get(entry.path, {})
        for method in entry.methods:
            if operation := methods.get(method.lower()):
                yield entry, operation


def _describe_errors(operation: dict[str, Any], entry: RouteEntry) -> None:
    responses = operation["responses"]
    if "422" in responses:
        responses["422"] = _problem("Invalid input")
    responses["default"] = _problem("Any other error")
    if entry.public:
        return
    responses["401"] = _problem("No token, or one that is not accepted")
    roles = entry.guard.roles if entry.guard else ()
    if roles:
        needed = ", ".join(f"`{role}`" for role in roles)
        responses["403"] = _problem(f"Needs all of these roles: {needed}")


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": _PROBLEM},
    }
