"""The three services together."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from scripts.stack import constants, ports
from scripts.stack.addresses import StackAddresses
from scripts.stack.artifact import Say
from scripts.stack.keycloak import Keycloak
from scripts.stack.postgres import Postgres
from scripts.stack.service import Service
from scripts.stack.valkey import Valkey

REALM_FILE = Path(__file__).parents[2] / "docker" / "keycloak" / "realm.json"


class Stack:
    """PostgreSQL, Valkey and Keycloak in `folder`; ends with its `with`.

    A port of 0 is any free one. `realm` renames the development realm, and
    `realm_file=None` imports none. Keycloak tells of logouts where there is
    a `service_port`. `seconds` holds how long each one took.
    """

    def __init__(
        self,
        folder: Path,
        *,
        db_port: int = 0,
        redis_port: int = 0,
        keycloak_port: int = 0,
        db_login: tuple[str, str] = constants.DB_LOGIN,
        redis_password: str = constants.REDIS_PASSWORD,
        admin_login: tuple[str, str] = constants.ADMIN_LOGIN,
        realm: str | None = None,
        realm_file: Path | None = REALM_FILE,
        service_port: int | None = None,
        postgres_options: Mapping[str, str] | None = None,
        inherit: tuple[int, ...] = (),
        say: Say = lambda _: None,
    ) -> None:
        folder = folder.absolute()
        self.say = say
        self.seconds: dict[str, float] = {}
        self.postgres = Postgres(
            folder / "postgres",
            db_port or ports.free_port(),
            *db_login,
            postgres_options or {},
            inherit,
        )
        self.valkey = Valkey(
            folder / "valkey",
            redis_port or ports.free_port(),
            redis_password,
            inherit,
        )
        self.keycloak = Keycloak(
            folder / "keycloak",
            keycloak_port or ports.free_port(),
            admin_login,
            realm_file,
            realm,
            service_port,
            say,
            inherit,
        )

    @property
    def services(self) -> tuple[Service, ...]:
        """In the order of their start: the slowest first."""
        return self.keycloak, self.postgres, self.valkey

    @property
    def addresses(self) -> StackAddresses:
        """Where the services are, or will be."""
        return StackAddresses(
            db_host="127.0.0.1",
            db_port=self.postgres.port,
            db_user=self.postgres.user,
            db_password=self.postgres.password,
            redis_host="127.0.0.1",
            redis_port=self.valkey.port,
            redis_password=self.valkey.password,
            keycloak_url=self.keycloak.url,
            admin_username=self.keycloak.admin[0],
            admin_password=self.keycloak.admin[1],
        )

    def __enter__(self) -> StackAddresses:
        try:
            self.launch()
            self.wait(*self.services)
        except BaseException:
            self.stop()
            raise
        return self.addresses

    def __exit__(self, *_: object) -> None:
        self.stop()

    def launch(self) -> None:
        """Starts all without waiting until they answer."""
        for service in self.services:
            service.launch()

    def wait(self, *services: Service) -> None:
        """Until these answer; raises StackError when one never will."""
        limit = float(
            os.environ.get(
                "STACK_TIMEOUT_SECONDS", constants.START_TIMEOUT_SECONDS
            )
        )
        waiting = list(services)
        told = time.monotonic()
        while waiting:
            waiting = [one for one in waiting if self._awaits(one, limit)]
            quiet = time.monotonic() - told
            if waiting and quiet > constants.PROGRESS_SECONDS:
                told = time.monotonic()
                self.say(", ".join(map(_progress, waiting)))
            time.sleep(constants.POLL_SECONDS)

    def stop(self) -> None:
        """Ends all services; twice does no harm."""
        for service in self.services:
            service.stop()

    def _awaits(self, service: Service, limit: float) -> bool:
        service.check()
        if not service.ready():
            if service.age > limit:
                raise service.too_slow(limit)
            return True
        self.seconds[service.name] = service.age
        self.say(f"{service.name}: ready after {service.age:.1f} s")
        return False


def _progress(service: Service) -> str:
    return f"{service.name}: starting ({service.age:.0f} s)"
