"""Every package: id, who may send it, data, handler."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

from {{cookiecutter.module_name}}.routing.package_call import Package
from {{cookiecutter.module_name}}.routing.package_router import pkg_router
from {{cookiecutter.module_name}}.settings import Settings

from scripts.docs.routes import who
from scripts.rbac import MODULE, matrix
from scripts.text_table import markdown

FIELDS = ("field", "type", "default")


def page(settings: Settings) -> str:
    """A section a package."""
    access = {entry.name: who(entry) for entry in matrix(settings)}
    return "\n\n".join(
        _section(package, access[f"WS:{package.name}"])
        for _, package in sorted(pkg_router.freeze().packages.items())
        if package.handler.__module__.startswith(f"{MODULE}.")
    )


def _section(package: Package, access: str) -> str:
    handler = package.handler
    lines = [
        f"## {package.name} {int(package.pkg_id)}",
        inspect.getdoc(handler) or "",
        f"Who: {access}. Handler: `{handler.__module__}.{handler.__name__}`.",
    ]
    rows = list(_fields(package))
    if rows:
        lines.append(markdown([FIELDS, *rows]))
    return "\n\n".join(line for line in lines if line)


def _fields(package: Package) -> Iterator[tuple[str, str, str]]:
    schema: Any = package.schema or {}
    if not isinstance(schema, dict):
        schema = schema.model_json_schema()
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        default = "" if name in required else _default(field)
        yield f"`{name}`", _kind(field, schema.get("$defs", {})), default


def _kind(field: dict[str, Any], known: dict[str, Any]) -> str:
    if "$ref" in field:
        return _kind(known[field["$ref"].rpartition("/")[2]], known)
    if "enum" in field:
        return ", ".join(f"`{choice}`" for choice in field["enum"])
    if "anyOf" in field:
        names = [_kind(option, known) for option in field["anyOf"]]
        return " or ".join(name for name in names if name != "null")
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}), known)}"
    return str(field.get("format") or field.get("type", "any"))


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    return "" if value is None else f"`{json.dumps(value)}`"
