"""Versions, names and times of the stack."""

from typing import Final

PROJECT_SLUG: Final = "{{cookiecutter.project_slug}}"
DISTRIBUTION: Final = "{{cookiecutter.__distribution}}"
MODULE: Final = "{{cookiecutter.module_name}}"

KEYCLOAK_VERSION: Final = "26.7.4"
# Of the distribution's .tar.gz; goes with the version.
KEYCLOAK_SHA256: Final = (
    "04823c336b797a7e18889a44262a7a64e6bf624cbbcc518c85e2622176ff2eee"
)
# Baked into the server once by `kc.sh build`. One node needs no cluster.
KEYCLOAK_BUILD_OPTIONS: Final = (
    "--db=dev-file",
    "--cache=local",
    "--health-enabled=true",
    "--metrics-enabled=true",
)
OLDEST_JAVA: Final = 21

DEFAULT_PORTS: Final = {
    "APP_PORT": 8000,
    "KEYCLOAK_PORT": 8080,
    "DB_PORT": 5432,
    "REDIS_PORT": 6379,
}

# For development: the services listen on the loopback only.
DB_LOGIN: Final = ("postgres", "postgres")
REDIS_PASSWORD: Final = "valkey"  # noqa: S105
ADMIN_LOGIN: Final = ("admin", "admin")

START_TIMEOUT_SECONDS: Final = 240.0
PROGRESS_SECONDS: Final = 5.0
POLL_SECONDS: Final = 0.05
DOWNLOAD_TIMEOUT_SECONDS: Final = 60
# The service itself gives its requests 30 s to end.
APPLICATION_GRACE_SECONDS: Final = 40.0
