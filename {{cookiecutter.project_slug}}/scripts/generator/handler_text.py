"""The module of the package handler."""

from collections.abc import Sequence
from string import Template

from scripts.generator.wanted import Wanted, text_of

_HANDLER = Template('''
@pkg_router.register($registration)
async def $name(request: $request) -> ResponseModel:
    """$sentence"""
    $found = await $command().execute($data)
    return ResponseModel.success(
        request.pkg_id, request.req_id, $answer
    )''')


def handler_text(wanted: Wanted, members: Sequence[str]) -> str:
    """`members` of Role are all needed."""
    imports = [
        "from $module.api.ws.constants import PkgID",
        f"from $module.commands.{wanted.name} import {wanted.command}",
        "from $module.routing.package_router import pkg_router",
        "from $module.schemas.request import RequestModel",
        "from $module.schemas.response import ResponseModel",
    ]
    registration = [f"PkgID.{wanted.pkg_id}"]
    request, data = "RequestModel", "None"
    if wanted.input:
        imports.append(
            f"from $module.schemas.{wanted.name} import {wanted.input}"
        )
        registration.append(f"json_schema={wanted.input}")
        request, data = f"RequestModel[{wanted.input}]", "request.data"
    if members:
        imports.append("from $module.roles import Role")
        roles = ", ".join(f"Role.{member}" for member in members)
        registration.append(f"roles=[{roles}]")
    text = _HANDLER.substitute(
        registration=", ".join(registration),
        name=wanted.name,
        request=request,
        sentence=wanted.sentence,
        command=wanted.command,
        data=data,
        found="rows, meta" if wanted.paginated else "found",
        answer="data=rows, meta=meta" if wanted.paginated else "data=found",
    )
    return text_of(imports, f'"""{wanted.pkg_id} over WebSocket."""', text)
