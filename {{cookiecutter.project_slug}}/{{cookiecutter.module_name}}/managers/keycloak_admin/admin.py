"""The realm as its administrator sees it."""

from {{cookiecutter.module_name}}.managers.keycloak_admin.api import AdminApi
from {{cookiecutter.module_name}}.managers.keycloak_admin.roles import Roles
from {{cookiecutter.module_name}}.managers.keycloak_admin.sessions import Sessions
from {{cookiecutter.module_name}}.managers.keycloak_admin.users import Users
from {{cookiecutter.module_name}}.managers.keycloak_call import keycloak_breaker
from {{cookiecutter.module_name}}.protection.circuit_breaker import CircuitBreaker
from {{cookiecutter.module_name}}.settings import Settings


class RealmAdmin:
    """Administers KEYCLOAK_REALM, with the login of the settings.

    Every method of its parts ends within KEYCLOAK_TIMEOUT_SECONDS. It raises
    NotFoundError for what is not there, ValidationFailedError for what
    Keycloak does not take, and UnavailableError when Keycloak does not
    answer or does not let this service in.
    """

    def __init__(
        self, settings: Settings, breaker: CircuitBreaker | None = None
    ) -> None:
        self._api = AdminApi(settings, breaker or keycloak_breaker())
        self.users = Users(self._api)
        self.roles = Roles(self._api)
        self.sessions = Sessions(self._api)

    async def close(self) -> None:
        """Ends the connections."""
        await self._api.close()
