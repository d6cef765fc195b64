"""Users, roles and sessions of a real Keycloak.

Users, roles and clients are the tests' own; alice, bob and carol are not
touched.
"""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from keycloak import KeycloakAdmin
from pydantic import SecretStr

from {{cookiecutter.module_name}}.auth import TokenVerifier
from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    UnavailableError,
    ValidationFailedError,
)
from {{cookiecutter.module_name}}.managers.keycloak_admin import RealmAdmin
from {{cookiecutter.module_name}}.managers.keycloak_keys import KeycloakKeys
from {{cookiecutter.module_name}}.managers.keycloak_manager import KeycloakManager
from {{cookiecutter.module_name}}.schemas.keycloak import KeycloakUser, NewUser
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.types import UserId

from scripts.stack import StackAddresses
from tests.running_service import free_port

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def settings(stack: StackAddresses, realm: str) -> Settings:
    return Settings.model_validate(
        {
            **stack.environment(),
            "KEYCLOAK_REALM": realm,
            "KEYCLOAK_TIMEOUT_SECONDS": 20,
        }
    )


@pytest.fixture
async def manager(settings: Settings) -> AsyncIterator[KeycloakManager]:
    found = KeycloakManager(settings)
    yield found
    await found.close()


@pytest.fixture
def admin(manager: KeycloakManager) -> RealmAdmin:
    return manager.admin


def own(name: str) -> NewUser:
    return NewUser(
        username=name,
        email=f"{name}@example.com",
        first_name="Ann",
        last_name="Other",
    )


@pytest.fixture
async def user_id(admin: RealmAdmin) -> AsyncIterator[UserId]:
    """A user with a name, an email and no password."""
    found = await admin.users.create(own(f"ann-{uuid.uuid4().hex}"))
    yield found
    with suppress(NotFoundError):
        await admin.users.delete(found)


@pytest.fixture(scope="module")
def library(settings: Settings) -> KeycloakAdmin:
    """For what the service itself cannot do."""
    return KeycloakAdmin(
        server_url=settings.KEYCLOAK_BASE_URL,
        username=settings.KEYCLOAK_ADMIN_USERNAME,
        password=settings.KEYCLOAK_ADMIN_PASSWORD.get_secret_value(),
        realm_name=settings.KEYCLOAK_REALM,
        user_realm_name="master",
    )


@pytest.fixture(scope="module")
def role(library: KeycloakAdmin) -> Iterator[str]:
    """A role of the realm, with a name that needs care in a path."""
    name = f"look at/é?{uuid.uuid4().hex}"
    library.create_realm_role({"name": name, "description": "A test's"})
    yield name
    library.delete_role_by_id(role_id(library, name))


def role_id(library: KeycloakAdmin, name: str) -> str:
    roles = library.get_realm_roles(search_text=name)
    found: str = roles[0]["id"]
    return found


async def user_of(token: str, settings: Settings) -> UserModel:
    keys = KeycloakKeys(settings)
    try:
        return await TokenVerifier.from_settings(keys, settings).verify(token)
    finally:
        await keys.close()


@pytest.fixture
async def ann(admin: RealmAdmin) -> AsyncIterator[KeycloakUser]:
    """A user who can log in with PASSWORD."""
    name = f"ann-{uuid.uuid4().hex}"
    user_id = await admin.users.create(own(name), PASSWORD)
    yield await admin.users.get(user_id)
    with suppress(NotFoundError):
        await admin.users.delete(user_id)


async def test_from_a_new_user_to_none(
    manager: KeycloakManager, settings: Settings, ann: KeycloakUser, role: str
) -> None:
    admin, user_id, name = manager.admin, ann.id, ann.username
    await admin.roles.grant(user_id, role)

    pair = await manager.login_async(name, PASSWORD)
    user = await user_of(pair.access_token, settings)
    assert (user.id, user.username) == (user_id, name)
    assert role in user.roles

    (session,) = await admin.sessions.of_user(user_id)
    assert session.id == user.session_id
    assert (session.user_id, session.username) == (user_id, name)
    assert session.clients == (settings.KEYCLOAK_CLIENT_ID,)
    assert datetime.now(UTC) - session.started_at < timedelta(minutes=5)
    assert session.used_at >= session.started_at

    await admin.sessions.log_out_user(user_id)
    assert await admin.sessions.of_user(user_id) == []
    with pytest.raises(AuthenticationError):
        await manager.refresh_async(pair.refresh_token)

    await admin.users.delete(user_id)
    for call in (admin.users.get(user_id), admin.users.find(name)):
        with pytest.raises(NotFoundError):
            await call


async def test_one_session_of_two(
    manager: KeycloakManager, settings: Settings, ann: KeycloakUser
) -> None:
    admin = manager.admin
    ended = await manager.login_async(ann.username, PASSWORD)
    other = await manager.login_async(ann.username, PASSWORD)
    session_id = (await user_of(ended.access_token, settings)).session_id
    assert session_id is not None

    await admin.sessions.log_out(session_id)
    with pytest.raises(AuthenticationError):
        await manager.refresh_async(ended.refresh_token)
    await manager.refresh_async(other.refresh_token)
    with pytest.raises(NotFoundError):
        await admin.sessions.log_out(session_id)


async def test_users_are_found_by_their_whole_name(
    admin: RealmAdmin, user_id: UserId
) -> None:
    user = await admin.users.get(user_id)
    assert user.email == f"{user.username}@example.com"
    assert (user.first_name, user.last_name) == ("Ann", "Other")
    assert user.enabled
    assert user.created_at is not None
    assert datetime.now(UTC) - user.created_at < timedelta(minutes=5)
    name = user.username
    assert (await admin.users.find(name.upper())).id == user_id
    for text in (name[:-1], name[:-1] + "*", "%", "*", "", " ", name + "&x=y"):
        with pytest.raises(NotFoundError):
            await admin.users.find(text)


async def test_names_and_emails_are_unique(
    admin: RealmAdmin, user_id: UserId
) -> None:
    user = await admin.users.get(user_id)
    other = f"ann-{uuid.uuid4().hex}"
    for new in (
        NewUser(username=user.username.upper()),
        NewUser(username=other, email=user.email),
    ):
        with pytest.raises(ConflictError, match="User exists"):
            await admin.users.create(new)


async def test_what_keycloak_does_not_take(admin: RealmAdmin) -> None:
    for new in (
        NewUser(username=""),
        NewUser(username="a<b>"),
        NewUser(username="a\x00b"),
        NewUser(username="x" * 300),
        NewUser(username="no-mail", email="no mail"),
    ):
        with pytest.raises(ValidationFailedError):
            await admin.users.create(new)


async def test_passwords(manager: KeycloakManager, ann: KeycloakUser) -> None:
    set_password = manager.admin.users.set_password
    await set_password(ann.id, "battery staple")
    with pytest.raises(AuthenticationError):
        await manager.login_async(ann.username, PASSWORD)
    await manager.login_async(ann.username, "battery staple")

    await set_password(ann.id, PASSWORD, temporary=True)
    with pytest.raises(AuthenticationError):
        await manager.login_async(ann.username, PASSWORD)
    with pytest.raises(ValidationFailedError):
        await set_password(ann.id, "")


async def test_roles_come_and_go(
    admin: RealmAdmin, user_id: UserId, role: str
) -> None:
    (found,) = [each for each in await admin.roles.all() if each.name == role]
    assert (found.description, found.client_role) == ("A test's", False)

    await admin.roles.grant(user_id)
    assert found not in await admin.roles.of_user(user_id)
    await admin.roles.grant(user_id, role)
    await admin.roles.grant(user_id, role)
    assert found in await admin.roles.of_user(user_id)
    with pytest.raises(NotFoundError, match="nonesuch"):
        await admin.roles.revoke(user_id, role, "nonesuch")
    assert found in await admin.roles.of_user(user_id)
    await admin.roles.revoke(user_id, role)
    assert found not in await admin.roles.of_user(user_id)


async def test_roles_that_come_with_others(
    admin: RealmAdmin, user_id: UserId
) -> None:
    """Of Keycloak's own: each user has them by default."""

    async def names(*, client_id: str | None, effective: bool) -> set[str]:
        found = await admin.roles.of_user(
            user_id, client_id=client_id, effective=effective
        )
        return {role.name for role in found}

    mine = await names(client_id=None, effective=False)
    assert "offline_access" not in mine
    assert "offline_access" in await names(client_id=None, effective=True)
    assert await names(client_id="account", effective=False) == set()
    effective = await names(client_id="account", effective=True)
    assert "view-profile" in effective
    roles = await admin.roles.all(client_id="account")
    assert effective <= {role.name for role in roles if role.client_role}


async def test_nobody_there(admin: RealmAdmin, role: str) -> None:
    nobody = str(uuid.uuid4())
    for call in (
        admin.users.set_password(nobody, PASSWORD),
        admin.users.delete(nobody),
        admin.roles.of_user(nobody),
        admin.roles.grant(nobody, role),
        admin.roles.revoke(nobody, role),
        admin.roles.of_user(nobody, client_id="account"),
        admin.roles.all(client_id="nonesuch"),
        admin.sessions.of_user(nobody),
        admin.sessions.log_out_user(nobody),
        admin.sessions.log_out(nobody),
        admin.users.get(f"{nobody}/../x"),
    ):
        with pytest.raises(NotFoundError):
            await call


@asynccontextmanager
async def robot(
    library: KeycloakAdmin,
    settings: Settings,
    *roles: str,
    secret: str | None = None,
) -> AsyncIterator[RealmAdmin]:
    """Logged in as a service account with those roles, or with `secret`."""
    name, own_secret = f"robot-{uuid.uuid4().hex}", uuid.uuid4().hex
    client = library.create_client(
        {
            "clientId": name,
            "secret": own_secret,
            "publicClient": False,
            "standardFlowEnabled": False,
            "serviceAccountsEnabled": True,
        }
    )
    user = library.get_client_service_account_user(client)["id"]
    owner = str(library.get_client_id("realm-management"))
    granted = [library.get_client_role(owner, role) for role in roles]
    library.assign_client_role(user, owner, granted)
    login = {
        "KEYCLOAK_ADMIN_CLIENT_ID": name,
        "KEYCLOAK_ADMIN_CLIENT_SECRET": SecretStr(secret or own_secret),
    }
    admin = RealmAdmin(settings.model_copy(update=login))
    try:
        yield admin
    finally:
        await admin.close()
        library.delete_client(client)


async def test_a_service_account_with_three_roles_can_do_it_all(
    library: KeycloakAdmin,
    settings: Settings,
    manager: KeycloakManager,
    role: str,
) -> None:
    roles = ("manage-users", "view-realm", "view-clients")
    async with robot(library, settings, *roles) as admin:
        name = f"ann-{uuid.uuid4().hex}"
        user_id = await admin.users.create(own(name))
        await admin.users.set_password(user_id, PASSWORD)
        assert (await admin.users.find(name)).id == user_id
        assert role in {each.name for each in await admin.roles.all()}
        await admin.roles.grant(user_id, role)
        await admin.roles.of_user(user_id, effective=True)
        await admin.roles.of_user(user_id, client_id="account")
        await admin.roles.all(client_id="account")
        await admin.roles.revoke(user_id, role)
        for _ in range(2):
            await manager.login_async(name, PASSWORD)
        session, _ = await admin.sessions.of_user(user_id)
        await admin.sessions.log_out(session.id)
        await admin.sessions.log_out_user(user_id)
        await admin.users.delete(user_id)


async def test_a_service_account_without_the_roles(
    library: KeycloakAdmin, settings: Settings, user_id: UserId
) -> None:
    async with robot(library, settings, "view-users") as admin:
        assert (await admin.users.get(user_id)).id == user_id
        with pytest.raises(UnavailableError):
            await admin.users.delete(user_id)


async def test_a_service_account_with_another_secret(
    library: KeycloakAdmin, settings: Settings
) -> None:
    async with robot(library, settings, secret="wrong") as admin:
        with pytest.raises(UnavailableError):
            await admin.users.find("alice")


async def test_nobody_listens(settings: Settings) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    manager = KeycloakManager(
        settings.model_copy(update={"KEYCLOAK_BASE_URL": nowhere})
    )
    with pytest.raises(UnavailableError):
        await manager.admin.users.find("alice")
    await manager.close()
