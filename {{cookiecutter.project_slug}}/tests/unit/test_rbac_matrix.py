"""Who may call what: nothing is left open or shut by oversight."""

import json
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends, FastAPI

from {{cookiecutter.module_name}}.dependencies.permissions import (
    authenticated,
    public,
    require_roles,
)
from {{cookiecutter.module_name}}.roles import Role
from {{cookiecutter.module_name}}.routing.route_table import RouteTable
from {{cookiecutter.module_name}}.settings import Settings

from scripts import rbac, realm_file
from scripts.rbac import Entry

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def entries() -> tuple[Entry, ...]:
    return rbac.matrix(Settings.model_validate({"ENV": "dev"}))


@pytest.fixture(scope="module")
def realm_roles() -> set[str]:
    path = realm_file.path_in(ROOT)
    return set(realm_file.roles_of(path.read_text(encoding="utf-8")))


def test_every_route_says_who_may_call_it(entries: tuple[Entry, ...]) -> None:
    unmarked = [entry.name for entry in entries if entry.access == "unmarked"]
    assert not unmarked, "give it a guard, or public()"


def test_every_role_asked_for_is_known(entries: tuple[Entry, ...]) -> None:
    unknown = rbac.used_roles(entries) - rbac.known_roles()
    assert not unknown, "add it to Role, or to the roles of its extension"


def test_every_role_is_in_the_realm(
    entries: tuple[Entry, ...], realm_roles: set[str]
) -> None:
    missing = (rbac.known_roles() | rbac.used_roles(entries)) - realm_roles
    assert not missing, "nobody can have it; run make realm"


def test_every_role_of_the_realm_is_asked_for(
    entries: tuple[Entry, ...], realm_roles: set[str]
) -> None:
    idle = realm_roles - rbac.used_roles(entries)
    assert not idle, "remove it from docker/keycloak/realm.json"


def test_every_member_of_role_is_asked_for(
    entries: tuple[Entry, ...],
) -> None:
    idle = set(map(str, Role)) - rbac.used_roles(entries)
    assert not idle, "remove it from roles.py"


def test_alice_has_every_role(realm_roles: set[str]) -> None:
    text = realm_file.path_in(ROOT).read_text(encoding="utf-8")
    assert set(realm_file.held_by(text, "alice") or ()) == realm_roles


def test_guards_are_seen_for_what_they_are() -> None:
    app = FastAPI(openapi_url=None)

    async def nothing() -> None: ...

    app.get("/open")(nothing)
    app.post("/anybody", dependencies=[Depends(public())])(nothing)
    app.get("/users", dependencies=[Depends(authenticated())])(nothing)
    both = require_roles("a", "b")
    app.api_route(
        "/both", methods=["PUT", "DELETE"], dependencies=[Depends(both)]
    )(nothing)
    assert list(rbac.routes(RouteTable.of(app))) == [
        Entry("POST /anybody", "public"),
        Entry("DELETE /both", "roles", ("a", "b")),
        Entry("PUT /both", "roles", ("a", "b")),
        Entry("GET /open", "unmarked"),
        Entry("GET /users", "login"),
    ]


def test_guards_of_router_and_route_add_up() -> None:
    app = FastAPI(openapi_url=None)
    router = APIRouter(dependencies=[Depends(require_roles("a", "b"))])

    async def nothing() -> None: ...

    router.get("/c", dependencies=[Depends(require_roles("b", "c"))])(nothing)
    router.get("/open", dependencies=[Depends(public())])(nothing)
    app.include_router(router, dependencies=[Depends(authenticated())])
    assert list(rbac.routes(RouteTable.of(app))) == [
        Entry("GET /c", "roles", ("a", "b", "c")),
        Entry("GET /open", "roles", ("a", "b")),
    ]


def test_each_format_holds_every_entry(
    entries: tuple[Entry, ...], tmp_path: Path
) -> None:
    for name in rbac.FORMATS:
        file = tmp_path / name
        assert rbac.main(["--format", name, "--out", str(file)]) == 0
        text = file.read_text(encoding="utf-8")
        assert all(entry.name in text for entry in entries)
    found = json.loads((tmp_path / "json").read_text())
    assert {"name": "WS:WHOAMI", "access": "login", "roles": []} in found
    assert len(found) == len(entries)
    rows = (tmp_path / "markdown").read_text().splitlines()
    assert len(rows) == len(entries) + 2
    assert "| `GET /api/me` | login |  |" in rows


def test_a_file_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rbac.main(["--out", str(tmp_path / "no" / "file")]) == 1
    assert capsys.readouterr().err.startswith("error: ")
