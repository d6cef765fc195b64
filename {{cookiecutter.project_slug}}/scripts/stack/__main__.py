"""`python -m scripts.stack up|down|reset`, run in the project's folder."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from scripts.stack import background
from scripts.stack.down import down, reset
from scripts.stack.problem import StackError
from scripts.stack.up import Up

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: list[str] | None = None) -> int:
    """0 when it did as asked, 1 with one line that says why not."""
    parser = argparse.ArgumentParser(prog="python -m scripts.stack")
    parser.add_argument("action", choices=("up", "down", "reset"))
    parser.add_argument("--detach", action="store_true")
    wanted = parser.parse_args(arguments)
    try:
        return _act(wanted.action, detach=wanted.detach)
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 0


def say(line: str) -> None:
    """Progress, seen at once also in a file."""
    print(line, flush=True)


def _act(action: str, *, detach: bool) -> int:
    root = Path.cwd()
    if action == "down":
        down(root, say)
    elif action == "reset":
        reset(root, say)
    elif detach:
        return background.start(root)
    else:
        for number in _SIGNALS:
            signal.signal(number, _end)
        Up(root, say).run()
    return 0


def _end(number: int, _: FrameType | None) -> None:
    """The first signal ends it in order; more must not disturb that."""
    for other in _SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    say(f"\nstopping ({signal.Signals(number).name})")
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
