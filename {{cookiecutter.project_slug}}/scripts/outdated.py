"""`make outdated-pkgs-scan`: which packages have newer versions."""

import os
import subprocess
import sys

_SECONDS = 120


def main() -> int:
    """0 with the list, 1 with one line of reason."""
    command = [
        *(os.environ.get("UV", "uv"), "--no-progress", "pip", "list"),
        *("--outdated", "--python", sys.executable),
    ]
    try:
        done = subprocess.run(
            command,
            # Else it tries for minutes.
            env={"UV_HTTP_TIMEOUT": "10", "UV_HTTP_RETRIES": "1"} | os.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _failed(f"no answer in {_SECONDS} s")
    if done.returncode:
        said = done.stderr.strip().partition("error: ")[2] or "no reason"
        return _failed(said.splitlines()[0])
    print(done.stdout.rstrip() or "everything is at its newest version")
    return 0


def _failed(reason: str) -> int:
    print(
        f"error: the package index says nothing: {reason}; try again with a"
        " network",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
