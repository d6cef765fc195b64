"""Keycloak 26 with a file database of its own."""

import http.client
import json
import shutil
from pathlib import Path

from scripts.stack import distribution, folders, ports
from scripts.stack.artifact import Say
from scripts.stack.java import find_java
from scripts.stack.process import Command
from scripts.stack.service import Service

_SHARED = ("lib", "conf", "providers", "themes", "version.txt")
_QUIET = "INFO,io.smallrye.health:ERROR"


class Keycloak(Service):
    """A home of links to the shared installation, and data of its own.

    A realm is imported where it is missing; `realm` replaces its name.
    """

    name = "Keycloak"

    def __init__(
        self,
        folder: Path,
        port: int,
        admin: tuple[str, str],
        realm_file: Path | None,
        realm: str | None,
        say: Say,
        inherit: tuple[int, ...] = (),
    ) -> None:
        super().__init__(folder, port, inherit)
        self.admin = admin
        self.realm_file = realm_file
        self.realm = realm
        self.say = say
        self.management_port = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def command(self) -> Command:
        java = find_java()
        self._furnish(distribution.installed(java, self.say))
        self._offer_realm()
        self.management_port = ports.free_port()
        username, password = self.admin
        return Command(
            name=self.name,
            argv=(
                str(self.folder / "bin" / "kc.sh"),
                "start",
                "--optimized",
                "--import-realm",
                "--cache=local",
                "--http-enabled=true",
                "--http-host=127.0.0.1",
                f"--http-port={self.port}",
                f"--http-management-port={self.management_port}",
                # Tokens name this issuer, by whatever address one came.
                f"--hostname={self.url}",
                f"--log-level={_QUIET}",
            ),
            environment={
                **distribution.server_environment(java),
                "KC_BOOTSTRAP_ADMIN_USERNAME": username,
                "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
            },
            log=self.log,
            inherit=self.inherit,
        )

    def ready(self) -> bool:
        link = http.client.HTTPConnection(
            "127.0.0.1", self.management_port, timeout=2
        )
        try:
            link.request("GET", "/health/ready")
            return link.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()

    def _furnish(self, installation: Path) -> None:
        """kc.sh finds its home by its own real place: it must be a copy."""
        folders.make(self.folder / "bin")
        shutil.copy2(installation / "bin" / "kc.sh", self.folder / "bin")
        for name in _SHARED:
            link = self.folder / name
            link.unlink(missing_ok=True)
            link.symlink_to(installation / name)

    def _offer_realm(self) -> None:
        offered = self.folder / "data" / "import"
        shutil.rmtree(offered, ignore_errors=True)
        folders.make(offered)
        if self.realm_file is not None:
            realm = json.loads(self.realm_file.read_text())
            realm["realm"] = self.realm or realm["realm"]
            (offered / "realm.json").write_text(json.dumps(realm))
