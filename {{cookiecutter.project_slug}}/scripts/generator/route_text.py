"""The module of the route, which runs the same command."""

from collections.abc import Sequence
from string import Template

from scripts.generator.wanted import Wanted, text_of

_ROUTE = Template('''router = APIRouter(prefix="$path", tags=["$tag"])


@router.$verb("", dependencies=[Depends($guard)])
async def $name($argument) -> $output:
    """$sentence"""
    $answer''')


def route_text(wanted: Wanted, members: Sequence[str]) -> str:
    """`members` of Role are all needed."""
    guard = "authenticated()"
    imports = [f"from $module.commands.{wanted.name} import {wanted.command}"]
    if members:
        roles = ", ".join(f"Role.{member}" for member in members)
        guard = f"require_roles({roles})"
        imports.append("from $module.roles import Role")
    permission = guard.partition("(")[0]
    imports += [
        f"from $module.dependencies.permissions import {permission}",
        *_models(wanted),
    ]
    text = _ROUTE.substitute(
        path=wanted.path,
        tag=wanted.path.removeprefix("/api/"),
        verb=wanted.verb,
        guard=guard,
        name=wanted.name,
        argument=_argument(wanted),
        output=_output(wanted),
        sentence=wanted.sentence,
        answer=_answer(wanted),
    )
    return text_of(imports, f'"""{wanted.pkg_id} over HTTP."""', text)


def _models(wanted: Wanted) -> list[str]:
    if not wanted.input:
        return ["from fastapi import APIRouter, Depends"]
    names = f"{wanted.input}, {_output(wanted)}"
    own = f"from $module.schemas.{wanted.name} import {names}"
    if wanted.verb == "post":
        return ["from fastapi import APIRouter, Depends", own]
    return [
        "from typing import Annotated",
        "from fastapi import APIRouter, Depends, Query",
        own,
    ]


def _argument(wanted: Wanted) -> str:
    if not wanted.input:
        return ""
    if wanted.verb == "post":
        return f"data: {wanted.input}"
    return f"data: Annotated[{wanted.input}, Query()]"


def _output(wanted: Wanted) -> str:
    return f"{wanted.command}PageOutput" if wanted.paginated else wanted.output


def _answer(wanted: Wanted) -> str:
    execute = f"await {wanted.command}().execute"
    if wanted.paginated:
        return (
            f"rows, meta = {execute}(data)\n"
            f"    return {_output(wanted)}(data=rows, meta=meta)"
        )
    return f"return {execute}({'data' if wanted.input else 'None'})"
