"""The module of the test, which asks the running service."""

from collections.abc import Sequence
from string import Template

from scripts.generator.wanted import Wanted, text_of

_HEAD = """
type Sign = Callable[..., str]
${roles}DATA: dict[str, Any] = $data
ANSWER = $answer$meta"""
_SOCKET = """
async def test_it_answers(sockets: RunningService, sign: Sign) -> None:
    async with connect(sockets.url, sign($held)) as client:
        reply = await client.ask(PkgID.$pkg_id, DATA)
    assert reply["status_code"] == RSPCode.OK
    assert reply["data"] == ANSWER$meta_too"""
_ROLES = """
@pytest.mark.parametrize("missing", ROLES)
async def test_each_role_is_needed(
    sockets: RunningService, sign: Sign, missing: Role
) -> None:
    held = [role for role in ROLES if role is not missing]
    async with connect(sockets.url, sign(*held)) as client:
        reply = await client.ask(PkgID.$pkg_id, DATA)
    assert reply["status_code"] == RSPCode.PERMISSION_DENIED
    assert reply["data"]["msg"] == f"Missing roles: {missing}."$route_too"""
_DATA = """
async def test_wrong_data_is_refused(
    sockets: RunningService, sign: Sign
) -> None:
    async with connect(sockets.url, sign($held)) as client:
        wrong = DATA | $wrong
        reply = await client.ask(PkgID.$pkg_id, wrong)
    assert reply["status_code"] == RSPCode.INVALID_DATA
    assert reply["data"]["code"] == "validation_error\""""
_ROUTE = """
async def test_the_route_gives_the_same(
    sockets: RunningService, sign: Sign
) -> None:
    reply = await over_http(sockets, sign($held))
    assert reply.status_code == 200
    assert reply.json() == $body


async def over_http(service: RunningService, token: str) -> httpx2.Response:
    headers = $headers
    async with httpx2.AsyncClient(
        base_url=service.url, headers=headers
    ) as client:
        return await client.$verb("$path"$sent)"""
_ROUTE_TOO = """
    assert (await over_http(sockets, sign(*held))).status_code == 403"""
_META_TOO = """
    assert reply["meta"] == META"""
_HEADERS = '{"Authorization": f"Bearer {token}"}'
_PAGE = '{"page": 2, "per_page": 2}'
_META = """
META = {"page": 2, "per_page": 2, "total": 3, "pages": 2}"""
_FIRST = '{"page": 1, "per_page": 2, "name": "third"}'
_FIRST_META = """
META = {"page": 1, "per_page": 2, "total": 1, "pages": 1}"""


def suite_text(wanted: Wanted, members: Sequence[str]) -> str:
    """Over the socket, without each role, with wrong data, over HTTP."""
    parts = [_HEAD, _SOCKET]
    parts += [_ROLES] if members else []
    parts += [_DATA] if wanted.input else []
    parts += [_ROUTE] if wanted.http else []
    data, answer, meta = _values(wanted)
    text = "\n\n".join(parts)
    text = text.replace("$route_too", _ROUTE_TOO if wanted.http else "")
    filled = Template(text).substitute(
        pkg_id=wanted.pkg_id,
        roles=_roles(members),
        held="*ROLES" if members else "",
        data=data,
        answer=answer,
        meta=meta,
        meta_too=_META_TOO if meta else "",
        wrong='{"page": 0}' if wanted.paginated else '{"name": ""}',
        body='{"data": ANSWER, "meta": META}' if meta else "ANSWER",
        headers=_HEADERS,
        verb=wanted.verb,
        path=wanted.path,
        sent=_sent(wanted),
    )
    docstring = f'"""{wanted.pkg_id}, asked of the running service."""'
    return text_of(_imports(wanted, members), docstring, filled)


def _roles(members: Sequence[str]) -> str:
    if not members:
        return ""
    last = "," if len(members) == 1 else ""
    named = ", ".join(f"Role.{member}" for member in members)
    return f"ROLES = ({named}{last})\n"


def _values(wanted: Wanted) -> tuple[str, str, str]:
    """Data, answer and where the page stands."""
    if wanted.paginated and wanted.schema:
        return _FIRST, '[{"name": "third"}]', _FIRST_META
    if wanted.paginated:
        return _PAGE, '[{"name": "third"}]', _META
    if wanted.schema:
        return '{"name": "first"}', '{"name": "first"}', ""
    return "{}", '{"name": "' + wanted.name + '"}', ""


def _sent(wanted: Wanted) -> str:
    if not wanted.input:
        return ""
    return ", params=DATA" if wanted.verb == "get" else ", json=DATA"


def _imports(wanted: Wanted, members: Sequence[str]) -> list[str]:
    lines = [
        "from collections.abc import Callable",
        "from typing import Any",
        "from $module.api.ws.constants import PkgID, RSPCode",
        "from tests.running_service import RunningService",
        "from tests.ws_client import connect",
    ]
    if members:
        lines += ["import pytest", "from $module.roles import Role"]
    if wanted.http:
        lines.append("import httpx2")
    return lines
