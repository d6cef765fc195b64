"""How the service logs in as administrator, and what it makes of answers.

What Keycloak really answers is in tests/integration/test_keycloak_admin.py.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from urllib.parse import unquote

import orjson
import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from {{cookiecutter.module_name}}.exceptions import (
    ConflictError,
    NotFoundError,
    ServiceError,
    UnavailableError,
    ValidationFailedError,
)
from {{cookiecutter.module_name}}.managers.keycloak_admin import RealmAdmin
from {{cookiecutter.module_name}}.managers.keycloak_manager import KeycloakManager
from {{cookiecutter.module_name}}.settings import Settings

from tests.admin_server import ANN, AdminServer
from tests.issuer import REALM, Issuer
from tests.issuer_server import serving

SECRETS = ("hunter2", "the-secret", "token-")


@pytest.fixture(scope="module")
def running() -> Iterator[AdminServer]:
    server = AdminServer(Issuer())
    with serving(server):
        yield server


@pytest.fixture
def server(running: AdminServer) -> AdminServer:
    running.reset()
    return running


def settings_for(url: str, **changes: str) -> Settings:
    return Settings.model_validate(
        {
            "KEYCLOAK_BASE_URL": url,
            "KEYCLOAK_REALM": REALM,
            "KEYCLOAK_TIMEOUT_SECONDS": 10,
            "KEYCLOAK_ADMIN_PASSWORD": "hunter2",
            **changes,
        }
    )


@pytest.fixture
async def admin(server: AdminServer) -> AsyncIterator[RealmAdmin]:
    found = RealmAdmin(settings_for(server.issuer.base_url))
    yield found
    await found.close()


@pytest.fixture
async def impatient(server: AdminServer) -> AsyncIterator[RealmAdmin]:
    settings = settings_for(server.issuer.base_url)
    found = RealmAdmin(
        settings.model_copy(update={"KEYCLOAK_TIMEOUT_SECONDS": 0.5})
    )
    yield found
    await found.close()


async def test_who_asks_nothing_does_not_log_in(server: AdminServer) -> None:
    manager = KeycloakManager(settings_for(server.issuer.base_url))
    assert manager.admin is manager.admin
    assert server.logins == []
    assert (await manager.admin.users.find("ann")).id == "1"
    assert len(server.logins) == 1
    await manager.close()


async def test_calls_side_by_side_log_in_once(
    admin: RealmAdmin, server: AdminServer
) -> None:
    server.delay = 0.02
    await asyncio.gather(*(admin.users.find("ann") for _ in range(20)))
    assert len(server.logins) == 1


async def test_a_keycloak_that_forgot_its_sessions_is_asked_again(
    admin: RealmAdmin, server: AdminServer
) -> None:
    await admin.users.find("ann")
    server.life = 2
    await admin.users.find("ann")
    assert len(server.logins) == 2


@pytest.mark.parametrize(
    ("changes", "realm", "login"),
    [
        (
            {},
            "master",
            {
                "grant_type": "password",
                "client_id": "admin-cli",
                "username": "admin",
                "password": "hunter2",
            },
        ),
        (
            {
                "KEYCLOAK_ADMIN_CLIENT_ID": "robot",
                "KEYCLOAK_ADMIN_CLIENT_SECRET": "the-secret",
            },
            REALM,
            {
                "grant_type": "client_credentials",
                "client_id": "robot",
                "client_secret": "the-secret",
            },
        ),
    ],
    ids=["user", "service account"],
)
async def test_who_logs_in_where(
    server: AdminServer,
    changes: dict[str, str],
    realm: str,
    login: dict[str, str],
) -> None:
    settings = settings_for(server.issuer.base_url, **changes)
    assert settings.keycloak_admin_realm == realm
    elsewhere = settings_for("http://a", **changes, KEYCLOAK_ADMIN_REALM="b")
    assert elsewhere.keycloak_admin_realm == "b"
    admin = RealmAdmin(settings)
    await admin.users.find("ann")
    await admin.close()
    (form,) = server.logins
    found = {name: values[0] for name, values in form.items()}
    del found["scope"]
    assert found == login


def test_half_a_service_account_is_none() -> None:
    with pytest.raises(ValidationError, match="go together"):
        settings_for("http://a", KEYCLOAK_ADMIN_CLIENT_ID="robot")


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (401, "invalid_grant"),
        (400, "unauthorized_client"),
        (404, "Realm does not exist"),
    ],
)
async def test_a_refused_login_is_not_the_callers_fault(
    admin: RealmAdmin, server: AdminServer, status: int, word: str
) -> None:
    server.refusal = (status, orjson.dumps({"error": word}))
    with capture_logs() as logs, pytest.raises(UnavailableError):
        await admin.users.get("1")
    assert logs[0]["error"] == word
    assert not any(secret in repr(logs) for secret in SECRETS)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, b'{"error": "User not found"}', NotFoundError),
        (404, b'{"error": "Realm not found."}', UnavailableError),
        (409, b'{"errorMessage": "User exists"}', ConflictError),
        (400, b'{"error": "invalidPassword"}', ValidationFailedError),
        (403, b'{"error": "HTTP 403 Forbidden"}', UnavailableError),
        (401, b"", UnavailableError),
        (500, b"<html>", UnavailableError),
        (200, b"<html>", UnavailableError),
        (200, b"[]", UnavailableError),
        (200, b"[1]", UnavailableError),
        (200, b"{}", UnavailableError),
        (200, b'{"id": "token-1", "username": 1}', UnavailableError),
        (200, b"null", UnavailableError),
    ],
)
async def test_answers(
    admin: RealmAdmin,
    server: AdminServer,
    status: int,
    body: bytes,
    expected: type[ServiceError],
) -> None:
    server.reply = (status, body)
    with capture_logs() as logs, pytest.raises(expected) as caught:
        await admin.users.get("1")
    assert not any(s in repr((logs, caught.value)) for s in SECRETS)


type Call = Callable[[RealmAdmin], Awaitable[object]]

LISTS: list[Call] = [
    lambda admin: admin.users.find("ann"),
    lambda admin: admin.roles.all(),
    lambda admin: admin.roles.all(client_id="web"),
    lambda admin: admin.roles.of_user("1"),
    lambda admin: admin.roles.of_user("1", client_id="web"),
    lambda admin: admin.sessions.of_user("1"),
]


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'[{"id": 1}]', b"1"])
async def test_lists_of_another_shape(
    admin: RealmAdmin, server: AdminServer, body: bytes
) -> None:
    server.reply = (200, body)
    for call in LISTS:
        with pytest.raises((UnavailableError, NotFoundError)):
            await call(admin)


type CallWith = Callable[[RealmAdmin, str], Awaitable[object]]

IN_PATHS: list[CallWith] = [
    lambda admin, text: admin.users.get(text),
    lambda admin, text: admin.users.delete(text),
    lambda admin, text: admin.users.set_password(text, "hunter2"),
    lambda admin, text: admin.roles.of_user(text),
    lambda admin, text: admin.roles.grant(text, "a"),
    lambda admin, text: admin.roles.grant("1", text),
    lambda admin, text: admin.sessions.of_user(text),
    lambda admin, text: admin.sessions.log_out_user(text),
    lambda admin, text: admin.sessions.log_out(text),
]


async def test_dots_lead_nowhere(
    admin: RealmAdmin, server: AdminServer
) -> None:
    for call in IN_PATHS:
        for text in ("", ".", ".."):
            with pytest.raises(NotFoundError):
                await call(admin, text)
    assert server.raw_paths == []


async def test_ids_stay_one_segment(
    admin: RealmAdmin, server: AdminServer
) -> None:
    server.reply = (200, orjson.dumps(ANN))
    for text in ("../x", "a/b?c#d", "%2e%2e", "é\x00"):
        await admin.users.get(text)
        path = server.raw_paths[-1]
        assert path.startswith(f"/admin/realms/{REALM}/users/")
        assert path.count("/") == 5
        assert unquote(path.rpartition("/")[2]) == text


async def test_a_silent_keycloak_is_not_waited_for(
    impatient: RealmAdmin, server: AdminServer
) -> None:
    server.delay = 0.7
    found = await asyncio.gather(
        impatient.users.find("ann"),
        impatient.roles.grant("1", "a", "b", "c"),
        return_exceptions=True,
    )
    assert [type(error) for error in found] == [UnavailableError] * 2


async def test_many_slow_answers_are_one_slow_call(
    impatient: RealmAdmin, server: AdminServer
) -> None:
    """Each comes in time, all together do not."""
    server.reply, server.delay = (200, orjson.dumps(ANN)), 0.2
    with pytest.raises(UnavailableError):
        await impatient.roles.grant("1", *"abcdefghijklmnopqrst")
    assert len(server.raw_paths) < 10
