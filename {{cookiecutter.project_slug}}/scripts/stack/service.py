"""What every service of the stack has in common."""

import time
from abc import ABC, abstractmethod
from pathlib import Path

from scripts.stack import folders
from scripts.stack.problem import StackError
from scripts.stack.process import Command, GuardedProcess


class Service(ABC):
    """A server process with a folder and a log of its own."""

    name: str

    def __init__(
        self, folder: Path, port: int, inherit: tuple[int, ...] = ()
    ) -> None:
        self.folder = folder
        self.port = port
        self.inherit = inherit
        self.log = folder.parent / "logs" / f"{folder.name}.log"
        self.process: GuardedProcess | None = None
        self._launched = 0.0

    @abstractmethod
    def command(self) -> Command:
        """Prepares what is missing and says how to start."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it answers as it should by now."""

    def launch(self) -> None:
        """Prepares and starts it without waiting; its log begins anew."""
        folders.make(self.log.parent)
        self.log.write_bytes(b"")
        self.run(self.command())

    def run(self, command: Command) -> None:
        """Starts the process."""
        self.process = GuardedProcess(command)
        self._launched = time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the process was started."""
        return time.monotonic() - self._launched

    def check(self) -> None:
        """Raises StackError when the process has ended."""
        if self.process is not None and self.process.returncode is not None:
            raise self.process.problem()

    def stop(self) -> None:
        """Ends the process, if there is one."""
        if self.process is not None:
            self.process.stop()

    def too_slow(self, seconds: float) -> StackError:
        """What to raise when patience is over."""
        return StackError(
            f"{self.name} does not answer after {seconds:.0f} s",
            f"see {self.log}; give it longer with STACK_TIMEOUT_SECONDS",
        )
