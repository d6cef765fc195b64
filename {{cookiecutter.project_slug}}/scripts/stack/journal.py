"""The log files of the services, read for people."""

import re
from pathlib import Path

_TAIL_BYTES = 64 * 1024
_TROUBLE = re.compile(r"\b(ERROR|FATAL|Error|error|Exception|Caused by)\b")
_WIDTH = 300


def tail(log: Path, lines: int) -> list[str]:
    """The last lines that are not empty."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return [line.rstrip() for line in text.splitlines() if line.strip()][
        -lines:
    ]


def cause(log: Path) -> str:
    """The line that most likely says what went wrong."""
    lines = tail(log, 200)
    told = [line for line in lines if _TROUBLE.search(line)]
    last = (told or lines or ["its log is empty"])[-1]
    return last.strip()[:_WIDTH]
