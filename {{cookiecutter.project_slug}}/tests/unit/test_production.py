"""What ENV=production does not take, by the settings alone."""

from typing import Any

import pytest

from {{cookiecutter.module_name}}.protection.production import findings
from {{cookiecutter.module_name}}.settings import Settings

FINE: dict[str, Any] = {
    "ENV": "production",
    "DB_PASSWORD": "one of ours",
    "REDIS_PASSWORD": "one of ours",
    "KEYCLOAK_ADMIN_PASSWORD": "one of ours",
    "KEYCLOAK_BASE_URL": "http://keycloak:8080",
    "KEYCLOAK_PUBLIC_URL": "https://login.example.com",
    "ALLOWED_HOSTS": ("api.example.com", "*.example.org"),
    "MIGRATION_DATABASE_URL": "postgresql://owner:ours@postgres/postgres",
    "TRUSTED_PROXIES": ("10.0.0.0/8", "fd00::/8"),
}


def found(**changes: Any) -> list[str]:
    settings = Settings.model_validate({**FINE, **changes})
    return [finding.setting for finding in findings(settings)]


def test_nothing_is_wrong() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "postgres"),
        ("MIGRATION_DATABASE_URL", "postgresql://owner:postgres@db/service"),
        ("REDIS_PASSWORD", "valkey"),
        ("REDIS_PASSWORD", None),
        ("KEYCLOAK_ADMIN_PASSWORD", "admin"),
        ("KEYCLOAK_CLIENT_SECRET", "service-secret"),
        ("ALLOWED_HOSTS", ("*",)),
        ("ALLOWED_HOSTS", ("api.example.com", "*")),
        ("ALLOWED_WS_ORIGINS", ("https://app.example.com", "*")),
        ("CORS_ALLOWED_ORIGINS", ("*",)),
        ("TRUSTED_PROXIES", ("10.0.0.0/8", "0.0.0.0/0")),
        ("TRUSTED_PROXIES", ("::/0",)),
        ("KEYCLOAK_PUBLIC_URL", "http://login.example.com"),
        ("KEYCLOAK_PUBLIC_URL", "http://localhost:8080"),
        ("KEYCLOAK_PUBLIC_URL", "https//login.example.com"),
    ],
)
def test_each_alone(name: str, value: Any) -> None:
    assert found(**{name: value}) == [name]


def test_the_address_of_keycloak_is_the_issuer_unless_it_differs() -> None:
    assert found(KEYCLOAK_PUBLIC_URL=None) == ["KEYCLOAK_BASE_URL"]


def test_a_service_account_needs_no_other_administrator() -> None:
    account = {
        "KEYCLOAK_ADMIN_PASSWORD": "admin",
        "KEYCLOAK_ADMIN_CLIENT_ID": "service",
    }
    secret = "KEYCLOAK_ADMIN_CLIENT_SECRET"
    assert found(**account, **{secret: "one of ours"}) == []
    assert found(**account, **{secret: "service-secret"}) == [secret]


def test_the_defaults_are_all_found() -> None:
    settings = Settings.model_validate({"ENV": "production"})
    texts = [str(finding) for finding in findings(settings)]
    assert [text.split()[0] for text in texts] == [
        "DB_PASSWORD",
        "KEYCLOAK_ADMIN_PASSWORD",
        "REDIS_PASSWORD",
        "ALLOWED_HOSTS",
        "KEYCLOAK_BASE_URL",
    ]
    assert all(text.endswith(")") for text in texts), "each says what to do"
