"""Each name that the source documents give is here, with their default."""

from pathlib import Path

import pytest

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings import Settings, load_settings

# None: the documents give no default, or one that depends on the project.
SETTINGS: dict[str, object] = {
    "ENV": "dev",
    "LOG_LEVEL": "INFO",
    "LOG_CONSOLE_FORMAT": "human",
    "EXCLUDED_PATHS": None,
    "DB_USER": "postgres",
    "DB_PASSWORD": None,
    "DB_HOST": None,
    "DB_PORT": 5432,
    "DB_NAME": None,
    "DB_POOL_SIZE": None,
    "DB_MAX_OVERFLOW": None,
    "DB_POOL_RECYCLE": None,
    "DB_POOL_PRE_PING": None,
    "DB_INIT_RETRY_INTERVAL": None,
    "DB_INIT_MAX_RETRIES": None,
    "REDIS_IP": None,
    "REDIS_PORT": 6379,
    "REDIS_MAX_CONNECTIONS": None,
    "MAIN_REDIS_DB": 1,
    "AUTH_REDIS_DB": 10,
    "USER_SESSION_REDIS_KEY_PREFIX": None,
    "KEYCLOAK_BASE_URL": None,
    "KEYCLOAK_REALM": None,
    "KEYCLOAK_CLIENT_ID": None,
    "KEYCLOAK_ADMIN_USERNAME": "admin",
    "KEYCLOAK_ADMIN_PASSWORD": None,
    "RATE_LIMIT_ENABLED": True,
    "RATE_LIMIT_PER_MINUTE": 60,
    "RATE_LIMIT_BURST": 10,
    "RATE_LIMIT_FAIL_MODE": "open",
    "WS_MAX_CONNECTIONS_PER_USER": 5,
    "WS_MESSAGE_RATE_LIMIT": 100,
}
CONSTANTS: dict[str, object] = {
    "DB_MAX_RETRIES": None,
    "DB_RETRY_DELAY_SECONDS": None,
    "DEFAULT_PAGE_SIZE": 20,
    "MAX_PAGE_SIZE": 100,
    "REDIS_DEFAULT_PORT": 6379,
    "REDIS_SOCKET_TIMEOUT_SECONDS": None,
    "REDIS_CONNECT_TIMEOUT_SECONDS": None,
    "REDIS_HEALTH_CHECK_INTERVAL_SECONDS": None,
    "REDIS_MAX_CONNECTIONS": None,
    "REDIS_MESSAGE_TIMEOUT_SECONDS": None,
    "TASK_SLEEP_INTERVAL_SECONDS": None,
    "TASK_ERROR_BACKOFF_SECONDS": None,
    "DEFAULT_RATE_LIMIT_PER_MINUTE": 60,
    "DEFAULT_RATE_LIMIT_BURST": 10,
    "DEFAULT_WS_MAX_CONNECTIONS_PER_USER": 5,
    "DEFAULT_WS_MESSAGE_RATE_LIMIT": 100,
    "WS_POLICY_VIOLATION_CODE": 1008,
    "WS_CLOSE_TIMEOUT_SECONDS": None,
    "KC_SESSION_EXPIRY_BUFFER_SECONDS": None,
}
SUPERSEDED = {
    "ACTIONS_FILE_PATH": "roles stand in code, beside what they guard",
    "DEBUG_AUTH": "a switch around the login; `make token` serves instead",
    "DEBUG_AUTH_USERNAME": "goes with DEBUG_AUTH",
    "DEBUG_AUTH_PASSWORD": "goes with DEBUG_AUTH",
    "LOKI_URL": "Alloy ships the console's lines; nothing is pushed",
}
# Settings of optional pieces belong to their extension and come with it.
WITH_THEIR_PIECE = {
    "PROFILING_ENABLED": "profiling",
    "PROFILING_OUTPUT_DIR": "profiling",
}


@pytest.mark.parametrize(("name", "default"), SETTINGS.items())
def test_documented_setting(name: str, default: object) -> None:
    field = Settings.model_fields[name]
    if default is not None:
        assert field.default == default


@pytest.mark.parametrize(("name", "value"), CONSTANTS.items())
def test_documented_constant(name: str, value: object) -> None:
    found = getattr(constants, name)
    if value is not None:
        assert found == value


@pytest.mark.parametrize("name", [*SUPERSEDED, *WITH_THEIR_PIECE])
def test_superseded_name_is_no_setting_of_the_core(name: str) -> None:
    assert name not in Settings.model_fields
    assert not hasattr(constants, name)


def test_all_bad_values_are_named_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ENV", "prod")
    monkeypatch.setenv("DB_PORT", "seventy")
    monkeypatch.setenv("EXCLUDED_PATHS", "(")
    with pytest.raises(StartupError) as caught:
        load_settings(None)
    for name in ("ENV", "DB_PORT", "EXCLUDED_PATHS", ".env"):
        assert name in str(caught.value)


def test_env_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("DB_NAME=from_the_file\nAPP_PORT=8123\nUNKNOWN=1\n")
    monkeypatch.setenv("APP_PORT", "9123")
    settings = load_settings(str(file))
    assert settings.DB_NAME == "from_the_file"
    assert settings.APP_PORT == 9123


def test_production_switches_laptop_comforts_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load_settings(None).docs
    monkeypatch.setenv("ENV", "production")
    settings = load_settings(None)
    assert not settings.docs
    assert not settings.password_login


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "[]"),
        ("ALLOWED_HOSTS", '[""]'),
        ("ALLOWED_HOSTS", '["api.*.com"]'),
        ("ALLOWED_HOSTS", '["*example.com"]'),
        ("ALLOWED_HOSTS", '["example.com:8000"]'),
        ("ALLOWED_HOSTS", '["https://example.com"]'),
        ("TRUSTED_PROXIES", '["*"]'),
        ("TRUSTED_PROXIES", '["proxy"]'),
        ("TRUSTED_PROXIES", '["10.0.0.1/8"]'),
        ("ALLOWED_WS_ORIGINS", '["app.example.com"]'),
        ("CORS_ALLOWED_ORIGINS", '["app.example.com"]'),
        ("CORS_ALLOWED_ORIGINS", '["https://app.example.com/"]'),
        ("CORS_ALLOWED_ORIGINS", '["https://*.example.com"]'),
        ("CORS_ALLOWED_ORIGINS", '["https://["]'),
        ("CORS_ALLOWED_ORIGINS", '["null"]'),
    ],
)
def test_what_could_never_match_is_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(StartupError, match=name):
        load_settings(None)


def test_hosts_proxies_and_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "ALLOWED_HOSTS", '["API.example.com","*.b.org","[::1]"]'
    )
    monkeypatch.setenv("TRUSTED_PROXIES", '["10.0.0.0/8","::1"]')
    monkeypatch.setenv("CORS_ALLOWED_ORIGINS", '["https://App.example.com:1"]')
    settings = load_settings(None)
    assert settings.ALLOWED_HOSTS == ("api.example.com", "*.b.org", "[::1]")
    assert settings.TRUSTED_PROXIES == ("10.0.0.0/8", "::1/128")
    assert settings.CORS_ALLOWED_ORIGINS == ("https://app.example.com:1",)
