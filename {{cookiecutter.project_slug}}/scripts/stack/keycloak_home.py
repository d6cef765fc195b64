"""A home of Keycloak: links to the shared installation, data of its own."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from scripts.stack import folders
from scripts.stack.process import Command
from scripts.stack.wheels import clean_environment

_SHARED = ("lib", "conf", "providers", "themes", "version.txt")
_QUIET = "INFO,io.smallrye.health:ERROR"
HEALTH = "/health/ready"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where it serves logins and where it tells its health."""

    http: int
    management: int


def furnish(home: Path, installation: Path) -> None:
    """Makes the home or renews its links."""
    folders.make(home / "bin")
    # kc.sh takes its own real place for the home: it must be a copy.
    shutil.copy2(installation / "bin" / "kc.sh", home / "bin")
    for name in _SHARED:
        link = home / name
        link.unlink(missing_ok=True)
        link.symlink_to(installation / name)


def start(
    home: Path,
    java: Path,
    ports: Ports,
    admin: tuple[str, str],
    java_options: tuple[str, ...],
    log: Path,
) -> Command:
    """Starts it on the loopback; imports what lies in `data/import`."""
    username, password = admin
    return Command(
        name="Keycloak",
        argv=(
            str(home / "bin" / "kc.sh"),
            "start",
            "--optimized",
            "--import-realm",
            "--cache=local",
            "--http-enabled=true",
            "--http-host=127.0.0.1",
            f"--http-port={ports.http}",
            f"--http-management-port={ports.management}",
            # Tokens name this issuer, by whatever address one came.
            f"--hostname=http://localhost:{ports.http}",
            f"--log-level={_QUIET}",
        ),
        environment={
            **environment(java, *java_options),
            "KC_BOOTSTRAP_ADMIN_USERNAME": username,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
        },
        log=log,
    )


def environment(java: Path, *java_options: str) -> dict[str, str]:
    """Without the caller's variables that would steer Keycloak."""
    inherited = clean_environment(
        dict(os.environ), "KC_", "KEYCLOAK_", "JAVA", "DEBUG", "QUARKUS_"
    )
    # Short runs gain nothing from the second compiler.
    options = ("-XX:TieredStopAtLevel=1", *java_options)
    return {
        **inherited,
        "JAVA_HOME": str(java.parent.parent),
        "JAVA_OPTS_APPEND": " ".join(options),
    }
