"""Secrets out of files: DB_PASSWORD_FILE names the one with DB_PASSWORD."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, override

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from pydantic_settings.sources import EnvSettingsSource

_SUFFIX = "_FILE"


class Unusable(NamedTuple):
    """Stands where a secret should be; a validator says why."""

    reason: str


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `<NAME>_FILE` of every field that is a SecretStr.

    Orchestrators mount secrets as files, and an environment is easily seen
    by others. The variables come from `sources`, the first of which wins.
    """

    def __init__(
        self,
        settings_cls: type[BaseSettings],
        *sources: PydanticBaseSettingsSource,
    ) -> None:
        super().__init__(settings_cls)
        self._variables: dict[str, str | None] = {}
        for source in reversed(sources):
            if isinstance(source, EnvSettingsSource):
                self._variables |= _by_name(source.env_vars)

    @override
    def get_field_value(
        self, field: FieldInfo, field_name: str
    ) -> tuple[Any, str, bool]:
        """None where no file is named."""
        path = self._variables.get(field_name + _SUFFIX)
        if path is None or not _is_secret(field):
            return None, field_name, False
        if self._variables.get(field_name) is not None:
            reason = (
                f"{field_name}{_SUFFIX} is set, too; one of them has to go"
            )
            return Unusable(reason), field_name, False
        return _read(field_name + _SUFFIX, Path(path)), field_name, False

    @override
    def __call__(self) -> dict[str, Any]:
        """What was found, by field."""
        fields = self.settings_cls.model_fields.items()
        found = {n: self.get_field_value(f, n)[0] for n, f in fields}
        return {n: value for n, value in found.items() if value is not None}


def _by_name(variables: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name.upper(): value for name, value in variables.items()}


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation in (SecretStr, SecretStr | None)


def _read(variable: str, path: Path) -> str | Unusable:
    try:
        # Editors and `echo` end a file with a newline.
        secret = path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        return Unusable(f"{variable} cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return Unusable(f"{variable} names a file that is not UTF-8")
    return secret or Unusable(f"{variable} names an empty file")
