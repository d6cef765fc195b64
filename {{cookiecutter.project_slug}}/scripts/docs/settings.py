"""Every setting with its type, default and bounds."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAliasType, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from {{cookiecutter.module_name}}.extension import discover
from {{cookiecutter.module_name}}.settings import Settings

from scripts.text_table import markdown

HEAD = ("setting", "type", "default", "bounds")
MODULE = "{{cookiecutter.module_name}}"
NAMES = {SecretStr: "secret", Path: "path", str: "text"}
SIGNS = ((Gt, "gt", ">"), (Ge, "ge", ">="), (Lt, "lt", "<"), (Le, "le", "<="))


def page(_: Settings) -> str:
    """One table a class; what a setting means stands in configuration.md."""
    intro = "What they mean: [configuration](../configuration.md)."
    return "\n\n".join([intro, *map(_section, _classes())])


def _classes() -> Iterator[type[BaseSettings]]:
    for base in Settings.__bases__:
        if issubclass(base, BaseSettings):
            yield base
    for piece in discover(f"{MODULE}.extensions"):
        if piece.settings is not None:
            yield piece.settings


def _section(group: type[BaseSettings]) -> str:
    rows = [
        (f"`{name}`", _type(field.annotation), _default(field), _bounds(field))
        for name, field in group.model_fields.items()
    ]
    about = inspect.getdoc(group) or ""
    table = markdown([HEAD, *rows])
    return f"## {group.__name__}\n\n{about}\n\n{table}"


def _type(annotation: Any) -> str:
    if isinstance(annotation, TypeAliasType):
        return _type(annotation.__value__)
    parts = [part for part in get_args(annotation) if part is not Ellipsis]
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if get_origin(annotation) is Annotated:
        return _type(parts[0])
    if get_origin(annotation) is tuple:
        return f"JSON list of {_type(parts[0])}"
    if parts:
        known = (part for part in parts if part is not type(None))
        return " or ".join(map(_type, known))
    return NAMES.get(annotation) or str(annotation.__name__)


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=False)
    if value is None:
        return "none"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        value = "[" + ", ".join(f'"{item}"' for item in value) + "]"
    if isinstance(value, bool):
        value = str(value).lower()
    text = str(value).replace("|", "\\|")
    return f"`{text}`" if text else "empty"


def _bounds(field: FieldInfo) -> str:
    return ", ".join(
        f"{sign} {getattr(limit, name)}"
        for limit in field.metadata
        for kind, name, sign in SIGNS
        if isinstance(limit, kind)
    )
