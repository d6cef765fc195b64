"""One role check for HTTP routes and packages."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from {{cookiecutter.module_name}}.exceptions import PermissionDeniedError
from {{cookiecutter.module_name}}.roles import PUBLIC, RequiredRoles
from {{cookiecutter.module_name}}.schemas.user import UserModel


class RBACManager:
    """All the roles named are needed.

    `packages` says what each package asks for, by its id.
    """

    def __init__(
        self,
        packages: Mapping[int, RequiredRoles] = MappingProxyType({}),
    ) -> None:
        self._packages = packages

    def check(self, user: UserModel, roles: Iterable[str]) -> tuple[str, ...]:
        """The roles that the user lacks, sorted."""
        missing = set(roles) - user.roles
        return tuple(sorted(missing)) if missing else ()

    def require(self, user: UserModel, roles: Iterable[str]) -> None:
        """Raises PermissionDeniedError naming the roles that lack."""
        missing = self.check(user, roles)
        if missing:
            raise PermissionDeniedError(missing)

    def check_ws_permission(
        self, pkg_id: int, user: UserModel
    ) -> tuple[str, ...]:
        """As `check`, for a package; KeyError when none has that id."""
        required = self._packages[pkg_id]
        return () if required is PUBLIC else self.check(user, required)
