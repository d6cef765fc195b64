"""What a process holds, as the kernel counts it."""

import re
from pathlib import Path

MIB = 1024 * 1024


def resident_bytes(pid: int) -> int:
    """Of that process, without its children."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


def open_sockets(pid: int) -> int:
    """Listening ones included."""
    count = 0
    for file in Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += str(file.readlink()).startswith("socket:")
        except FileNotFoundError:  # Closed since it was listed.
            continue
    return count
