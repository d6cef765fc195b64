"""One flat object of settings, read once at start."""

from typing import Any, override

from pydantic import ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings.database import DatabaseSettings
from {{cookiecutter.module_name}}.settings.keycloak import KeycloakSettings
from {{cookiecutter.module_name}}.settings.protection import (
    FailMode,
    ProtectionSettings,
)
from {{cookiecutter.module_name}}.settings.redis import RedisSettings
from {{cookiecutter.module_name}}.settings.secret_files import SecretFiles, Unusable
from {{cookiecutter.module_name}}.settings.server import ServerSettings
from {{cookiecutter.module_name}}.settings.websocket import WebSocketSettings


class Settings(
    ServerSettings,
    DatabaseSettings,
    RedisSettings,
    KeycloakSettings,
    ProtectionSettings,
    WebSocketSettings,
):
    """Every setting of the core; the field names are the variables' names."""

    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, env_ignore_empty=True
    )

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, files of secrets, the environment, `.env`."""
        variables = (env_settings, dotenv_settings)
        secrets = SecretFiles(settings_cls, *variables)
        return init_settings, secrets, *variables, file_secret_settings

    @field_validator("*", mode="before")
    @classmethod
    def _usable(cls, value: Any) -> Any:
        if isinstance(value, Unusable):
            raise ValueError(value.reason)
        return value

    @property
    def session_check_fail_mode(self) -> FailMode:
        """What becomes of logged-in requests while Redis is down."""
        if self.SESSION_CHECK_FAIL_MODE is None:
            return "closed" if self.production else "open"
        return self.SESSION_CHECK_FAIL_MODE

    @property
    def password_login(self) -> bool:
        """Whether POST /auth/login takes passwords."""
        if self.PASSWORD_LOGIN_ENABLED is None:
            return not self.production
        return self.PASSWORD_LOGIN_ENABLED


def load_settings(env_file: str | None = ".env") -> Settings:
    """Reads the environment, then `env_file`; names all bad values at once.

    Raises StartupError.
    """
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise StartupError(
            f"Settings are wrong: {_findings(error)}.",
            "correct them in the environment or in .env",
        ) from None


def _findings(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
        for item in error.errors(include_url=False, include_input=False)
    )
