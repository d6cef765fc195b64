"""Keycloak 26 with a file database of its own."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import override

from scripts.stack import (
    backchannel,
    distribution,
    folders,
    keycloak_home,
    ports,
    probe,
    rehearsal,
)
from scripts.stack.artifact import Say
from scripts.stack.java import find_java
from scripts.stack.keycloak_home import Ports
from scripts.stack.process import Command
from scripts.stack.service import Service


class Keycloak(Service):
    """One server in its own home.

    A realm is imported where it is missing; `realm` replaces its name. Of
    logouts it tells a service on `service_port`, or nobody.
    """

    name = "Keycloak"

    def __init__(
        self,
        folder: Path,
        port: int,
        admin: tuple[str, str],
        realm_file: Path | None,
        realm: str | None,
        service_port: int | None,
        say: Say,
        inherit: tuple[int, ...] = (),
    ) -> None:
        super().__init__(folder, port, inherit)
        self.admin = admin
        self.realm_file = realm_file
        self.realm = realm
        self.service_port = service_port
        self.say = say
        self.management_port = 0

    @property
    def url(self) -> str:
        """What browsers open and tokens name."""
        return f"http://localhost:{self.port}"

    @override
    def command(self) -> Command:
        java = find_java()
        installation = distribution.installed(java, self.say)
        keycloak_home.furnish(self.folder, installation)
        rehearsal.seed(installation, self.folder, self.admin)
        self._offer_realm()
        self.management_port = ports.free_port()
        command = keycloak_home.start(
            self.folder,
            java,
            Ports(self.port, self.management_port),
            self.admin,
            rehearsal.java_options(installation),
            self.log,
        )
        return replace(command, inherit=self.inherit)

    @override
    def ready(self) -> bool:
        return probe.is_well(self.management_port, keycloak_home.HEALTH)

    def _offer_realm(self) -> None:
        offered = self.folder / "data" / "import"
        shutil.rmtree(offered, ignore_errors=True)
        folders.make(offered)
        if self.realm_file is not None:
            port = self.service_port
            url = None if port is None else backchannel.address(port)
            realm = json.loads(self.realm_file.read_text())
            realm = backchannel.pointing(realm, url)
            realm["realm"] = self.realm or realm["realm"]
            (offered / "realm.json").write_text(json.dumps(realm))
