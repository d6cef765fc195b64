"""What a package handler may use besides its request."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.exceptions import AuthenticationError
from {{cookiecutter.module_name}}.protection.rate_limiter import RateLimiter
from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.storage.db import Database


@dataclass(slots=True)
class PackageContext:
    """Lives as long as one request; `caller` is None without a login.

    `address` is the client's, empty where the server knows none.
    """

    caller: UserModel | None
    request_id: str
    bus: Bus
    database: Database
    limiter: RateLimiter
    address: str

    @property
    def user(self) -> UserModel:
        """Raises AuthenticationError where a PUBLIC package has no login."""
        if self.caller is None:
            raise AuthenticationError(
                "not_authenticated", "A login is needed."
            )
        return self.caller

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """One transaction; committed at the block's end."""
        return self.database.transaction()

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """For handlers that only read: no transaction."""
        return self.database.reading()
