"""The forms that a package handler may have, checked when it registers."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, get_origin, get_type_hints

from {{cookiecutter.module_name}}.routing.package_context import PackageContext
from {{cookiecutter.module_name}}.schemas.request import RequestModel
from {{cookiecutter.module_name}}.schemas.response import ResponseModel

type Handler = Callable[..., Awaitable[ResponseModel]]

_FORM = (
    "write `async def {name}(request: RequestModel) -> ResponseModel`, "
    "with a second argument `ctx: PackageContext` where it is needed"
)
_EXPECTED = (RequestModel, PackageContext)


def takes_context(handler: Handler) -> bool:
    """Whether it wants a PackageContext too.

    Raises TypeError for any other form.
    """
    name = getattr(handler, "__qualname__", repr(handler))
    problem = _problem(handler)
    if problem:
        raise TypeError(
            f"The handler {name} {problem}. Fix: {_FORM.format(name=name)}."
        )
    return len(inspect.signature(handler).parameters) > 1


def _problem(handler: Handler) -> str | None:
    if not inspect.iscoroutinefunction(handler):
        return "is no async function"
    parameters = list(inspect.signature(handler).parameters.values())
    if not 1 <= len(parameters) <= len(_EXPECTED):
        return f"takes {len(parameters)} arguments"
    if any(parameter.kind in _STARRED for parameter in parameters):
        return "takes * or keyword-only arguments"
    hints = get_type_hints(handler)
    for parameter, expected in zip(parameters, _EXPECTED, strict=False):
        if not _is(hints.get(parameter.name), expected):
            return f"has an argument {parameter.name} of another type"
    if not _is(hints.get("return"), ResponseModel):
        return "returns something else"
    return None


_STARRED = (
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.VAR_KEYWORD,
    inspect.Parameter.KEYWORD_ONLY,
)


def _is(hint: Any, expected: type[Any]) -> bool:
    return hint is expected or get_origin(hint) is expected
