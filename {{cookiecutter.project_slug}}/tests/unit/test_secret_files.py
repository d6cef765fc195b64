"""Secrets that stand in files, and what is wrong with some of them."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings import Settings, load_settings

SECRETS = [
    "DB_PASSWORD",
    "MIGRATION_DATABASE_URL",
    "REDIS_PASSWORD",
    "KEYCLOAK_CLIENT_SECRET",
    "KEYCLOAK_ADMIN_CLIENT_SECRET",
    "KEYCLOAK_ADMIN_PASSWORD",
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "secret"
    found.write_text("pass word\n")
    return found


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_stand_in_a_file(
    name: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYCLOAK_ADMIN_CLIENT_ID", "service")
    monkeypatch.setenv("KEYCLOAK_ADMIN_CLIENT_SECRET", "x")
    monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(name + "_FILE", str(file))
    secret = getattr(load_settings(None), name)
    assert secret.get_secret_value() == "pass word"


def test_no_secret_was_forgotten() -> None:
    fields = Settings.model_fields.items()
    kinds = (SecretStr, SecretStr | None)
    found = [name for name, field in fields if field.annotation in kinds]
    assert sorted(found) == sorted(SECRETS)
    assert not [n for n, f in fields if n not in found and "Secret" in repr(f)]


def test_the_name_may_come_from_the_env_file(
    file: Path, tmp_path: Path
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"DB_PASSWORD=\nDB_PASSWORD_FILE={file}\n")
    settings = load_settings(str(env_file))
    assert settings.DB_PASSWORD.get_secret_value() == "pass word"


@pytest.mark.parametrize("where", ["environment", "env file"])
def test_both_are_one_too_many(
    where: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD_FILE", str(file))
    env_file = tmp_path / ".env"
    env_file.touch()
    if where == "environment":
        monkeypatch.setenv("DB_PASSWORD", "other")
    else:
        env_file.write_text("DB_PASSWORD=other\n")
    with pytest.raises(StartupError) as caught:
        load_settings(str(env_file))
    assert "DB_PASSWORD: " in str(caught.value)
    assert "DB_PASSWORD_FILE" in str(caught.value)
    assert "other" not in str(caught.value)
    assert "pass word" not in str(caught.value)


def test_what_cannot_be_used_is_named_with_all_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_text("\n")
    binary.write_bytes(b"\xff\xfe")
    monkeypatch.setenv("DB_PASSWORD_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("REDIS_PASSWORD_FILE", str(empty))
    monkeypatch.setenv("KEYCLOAK_CLIENT_SECRET_FILE", str(binary))
    monkeypatch.setenv("KEYCLOAK_ADMIN_PASSWORD_FILE", str(tmp_path))
    monkeypatch.setenv("APP_PORT", "high")
    with pytest.raises(StartupError) as caught:
        load_settings(None)
    for words in (
        "DB_PASSWORD_FILE cannot be read",
        "REDIS_PASSWORD_FILE names an empty file",
        "KEYCLOAK_CLIENT_SECRET_FILE names a file that is not UTF-8",
        "KEYCLOAK_ADMIN_PASSWORD_FILE cannot be read",
        "APP_PORT",
    ):
        assert words in str(caught.value)


def test_other_settings_are_not_read_from_files(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_HOST_FILE", str(file))
    assert load_settings(None).DB_HOST == "localhost"
