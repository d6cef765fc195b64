"""Render the default variant, set it up and start it.

It stays running; with --check it is tried, started once more to see how long
that takes, and stopped, also after a failure or Ctrl-C.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

from scripts.bake import BUILD, REPOSITORY, bake_environment

DEMO = BUILD / "demo"


class StepFailedError(Exception):
    """A command of the demo ended with an error, which it has printed."""


class Clock:
    """Runs steps and remembers how long each took."""

    def __init__(self) -> None:
        self._taken: list[tuple[str, float]] = []

    def run(self, step: str, action: Callable[[], None]) -> None:
        print(f"--- {step}", flush=True)
        began = time.monotonic()
        action()
        self._taken.append((step, time.monotonic() - began))

    def report(self) -> None:
        print("--- times")
        for step, seconds in self._taken:
            print(f"{seconds:7.1f} s  {step}")


def command(*words: str) -> Callable[[], None]:
    def action() -> None:
        done = subprocess.run(
            words, cwd=REPOSITORY, env=bake_environment(), check=False
        )
        if done.returncode:
            raise StepFailedError(" ".join(words))

    return action


def make(*targets: str) -> Callable[[], None]:
    return command("make", "--no-print-directory", "-C", str(DEMO), *targets)


def start(clock: Clock) -> None:
    had_environment = (BUILD / "env").exists()
    bake = command(sys.executable, "-m", "scripts.bake", "default", "demo")
    warm = "warm" if had_environment else "cold"
    if (DEMO / ".stack").exists():
        clock.run("stop an earlier one", make("down"))
    clock.run("bake", bake)
    clock.run(f"set up ({warm})", make("setup"))
    first = "warm" if (DEMO / ".stack").exists() else "cold"
    clock.run(f"start ({first})", make("up", "DETACH=1"))


def check(clock: Clock) -> int:
    try:
        start(clock)
        clock.run("smoke test", make("smoke"))
        clock.run("stop", make("down"))
        clock.run("start (warm)", make("up", "DETACH=1"))
        clock.run("smoke test again", make("smoke"))
    except (StepFailedError, KeyboardInterrupt) as problem:
        print(f"--- failed: {str(problem) or 'interrupted'}", file=sys.stderr)
        return 1
    finally:
        stop(clock)
    clock.report()
    return 0


def stop(clock: Clock) -> None:
    # A second Ctrl-C must not leave half of it running.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if (DEMO / "Makefile").exists():
        clock.run("stop", make("down"))


def demo(clock: Clock) -> int:
    try:
        start(clock)
    except (StepFailedError, KeyboardInterrupt) as problem:
        print(f"--- failed: {str(problem) or 'interrupted'}", file=sys.stderr)
        stop(clock)
        return 1
    clock.report()
    print(f"\nIt runs in {os.path.relpath(DEMO)}. Next:")
    print("  make -C build/demo smoke            try it")
    print("  make -C build/demo token AS=alice   a token to call it with")
    print("  make -C build/demo down             stop it")
    return 0


def interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    return check(Clock()) if options.check else demo(Clock())


if __name__ == "__main__":
    sys.exit(main())
