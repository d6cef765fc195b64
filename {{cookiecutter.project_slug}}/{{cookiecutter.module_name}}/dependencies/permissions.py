"""Guards: who may call a route."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from {{cookiecutter.module_name}}.dependencies.context import app_context
from {{cookiecutter.module_name}}.dependencies.user import current_user


@dataclass(frozen=True, slots=True)
class Guard:
    """A dependency that refuses; `roles` are all needed.

    The route table reads it too, so that metrics, documents and the role
    matrix say what the route really checks.
    """

    roles: tuple[str, ...] = ()
    public: bool = False

    async def __call__(self, connection: HTTPConnection) -> None:
        """Raises AuthenticationError or PermissionDeniedError."""
        if self.public:
            return
        user = current_user(connection)
        app_context(connection).rbac.require(user, self.roles)


def require_roles(*roles: str) -> Guard:
    """A login with all of these roles."""
    if not roles:
        raise ValueError("Name a role, or use authenticated().")
    return Guard(roles=tuple(map(str, roles)))


def authenticated() -> Guard:
    """Any login."""
    return Guard()


def public() -> Guard:
    """Anybody; says that a missing login is no oversight."""
    return Guard(public=True)
