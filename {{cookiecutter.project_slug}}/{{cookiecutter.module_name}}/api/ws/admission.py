"""Who is let in, however the login came."""

from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.exceptions import ServiceError
from {{cookiecutter.module_name}}.protection.connection_limiter import Place
from {{cookiecutter.module_name}}.schemas.user import UserModel


class Admission:
    """Of one socket, which holds one place among those of its user."""

    __slots__ = ("_app", "_left", "_place")

    def __init__(self, app: AppContext) -> None:
        self._app = app
        self._place: Place | None = None
        self._left = False

    async def verify(self, token: str) -> UserModel:
        """Raises AuthenticationError or UnavailableError."""
        validations = self._app.metrics.token_validations
        try:
            user = await self._app.tokens.verify(token)
        except ServiceError as error:
            validations.labels(error.code).inc()
            raise
        validations.labels("valid").inc()
        return user

    async def ask(self, user: UserModel) -> None:
        """A newer token of the same user takes no second place.

        Raises AuthenticationError, ConnectionLimitError or UnavailableError.
        """
        await self._app.revocations.check(user)
        if self._place is not None:
            return
        limiter = self._app.connection_limiter
        place = await limiter.take(user.id)
        if self._left:
            limiter.give_back(place)
        else:
            self._place = place

    def leave(self) -> None:
        """Gives the place back; once is enough."""
        self._left = True
        if self._place is not None:
            self._app.connection_limiter.give_back(self._place)
            self._place = None
