"""`make up`: the stack, the schema, the service; until it is told to end."""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from scripts.stack import backchannel, distribution, folders, state
from scripts.stack.application import Application
from scripts.stack.configuration import Configuration
from scripts.stack.constants import (
    ADMIN_LOGIN,
    DB_LOGIN,
    DEFAULT_PORTS,
    POLL_SECONDS,
    PROJECT_SLUG,
    REDIS_PASSWORD,
    START_TIMEOUT_SECONDS,
)
from scripts.stack.stack import Stack
from scripts.stack.state import State

_WATCH_SECONDS = 0.5


class Up:
    """Starts everything in order and remembers how long each step took."""

    def __init__(self, root: Path, say: Callable[[str], None]) -> None:
        self.root = root
        self.say = say
        self.configuration = Configuration.read(root)
        self.began = time.monotonic()
        self.seconds: dict[str, float] = {}

    def run(self) -> None:
        """Returns never; ends by an exception, and then nothing is left."""
        self.configuration.refuse_production()
        folder = folders.make(self.root / state.FOLDER)
        with ExitStack() as resources:
            lock = resources.enter_context(state.supervising(folder))
            ports = self.configuration.choose_ports(DEFAULT_PORTS, self.say)
            stack = self._stack(folder, ports, lock)
            resources.callback(stack.stop)
            stack.launch()
            stack.wait(stack.postgres, stack.valkey)
            application = self._application(stack, ports, lock)
            resources.callback(application.stop)
            # Keycloak takes the longest: meanwhile the schema is made.
            self._migrate(stack, application)
            stack.wait(stack.keycloak)
            self._point(stack, ports)
            self.seconds.update(stack.seconds)
            self._start(application)
            # A follower of the log reads on until the state says ready.
            self._tell(stack, application)
            self._write_state(folder, stack, application)
            self._watch(stack, application)

    def _stack(self, folder: Path, ports: dict[str, int], lock: int) -> Stack:
        get = self.configuration.get
        return Stack(
            folder,
            db_port=ports["DB_PORT"],
            redis_port=ports["REDIS_PORT"],
            keycloak_port=ports["KEYCLOAK_PORT"],
            db_login=(
                get("DB_USER", DB_LOGIN[0]),
                get("DB_PASSWORD", DB_LOGIN[1]),
            ),
            redis_password=get("REDIS_PASSWORD", REDIS_PASSWORD),
            admin_login=(
                get("KEYCLOAK_ADMIN_USERNAME", ADMIN_LOGIN[0]),
                get("KEYCLOAK_ADMIN_PASSWORD", ADMIN_LOGIN[1]),
            ),
            realm=self.configuration.realm,
            service_port=ports["APP_PORT"],
            inherit=(lock,),
            say=self.say,
        )

    def _application(
        self, stack: Stack, ports: dict[str, int], lock: int
    ) -> Application:
        settings = {
            **stack.addresses.environment(),
            "DB_NAME": self.configuration.get("DB_NAME", PROJECT_SLUG),
            "KEYCLOAK_REALM": self.configuration.realm,
            "KEYCLOAK_CLIENT_ID": self.configuration.client_id,
            "APP_PORT": str(ports["APP_PORT"]),
            "PYTHONUNBUFFERED": "1",
        }
        return Application(self.root, settings, lock)

    def _migrate(self, stack: Stack, application: Application) -> None:
        begun = time.monotonic()
        stack.postgres.create_database(application.settings["DB_NAME"])
        application.migrate()
        self.seconds["migrations"] = time.monotonic() - begun
        self.say(f"migrations: done in {self.seconds['migrations']:.1f} s")

    def _point(self, stack: Stack, ports: dict[str, int]) -> None:
        backchannel.point(
            stack.keycloak.url,
            stack.keycloak.admin,
            self.configuration.realm,
            self.configuration.client_id,
            backchannel.address(ports["APP_PORT"]),
            self.say,
        )

    def _start(self, application: Application) -> None:
        application.launch()
        while not application.ready():
            application.check()
            if application.age > START_TIMEOUT_SECONDS:
                raise application.too_slow(START_TIMEOUT_SECONDS)
            time.sleep(POLL_SECONDS)
        self.seconds[application.name] = application.age

    def _write_state(
        self, folder: Path, stack: Stack, application: Application
    ) -> None:
        everything = (*stack.services, application)
        State(
            pid=os.getpid(),
            ready=True,
            app_url=application.url,
            keycloak_url=stack.keycloak.url,
            realm=self.configuration.realm,
            client_id=self.configuration.client_id,
            environment=dict(application.settings),
            services={
                service.name: service.process.pid
                for service in everything
                if service.process is not None
            },
        ).write(folder)

    def _tell(self, stack: Stack, application: Application) -> None:
        steps = ", ".join(
            f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items()
        )
        total = time.monotonic() - self.began
        own = folders.megabytes(folders.size(self.root / state.FOLDER))
        cache = distribution.cache_folder()
        shared = folders.megabytes(folders.size(cache))
        username, _ = stack.keycloak.admin
        self.say(
            f"ready after {total:.1f} s ({steps})\n"
            f"disk: {state.FOLDER} {own}, {cache} {shared}\n\n"
            f"  service         {application.url}\n"
            f"  documentation   {application.url}/docs"
            " (log in as alice, bob or carol; password = name)\n"
            f"  Keycloak admin  {stack.keycloak.url}/admin (as {username})\n"
            "  a token         make token AS=alice\n"
            "  try it          make smoke\n"
            "  stop            Ctrl-C, or make down\n"
        )

    def _watch(self, stack: Stack, application: Application) -> None:
        while True:
            for service in (*stack.services, application):
                service.check()
            time.sleep(_WATCH_SECONDS)
