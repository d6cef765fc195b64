"""Folders that the stack writes to."""

from pathlib import Path

from scripts.stack.problem import StackError


def make(folder: Path) -> Path:
    """Makes a folder with its parents; raises StackError with the reason."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StackError(
            f"cannot write to {folder} ({error.strerror})",
            "make it yours with chown, or work in a folder of your own",
        ) from error
    return folder


def size(folder: Path) -> int:
    """Bytes in all files below, links not followed."""
    total = 0
    for parent, _, names in folder.walk():
        for name in names:
            try:
                total += (parent / name).lstat().st_size
            except FileNotFoundError:  # servers delete files as we look
                continue
    return total


def megabytes(amount: int) -> str:
    """For people."""
    return f"{amount / 1_000_000:.0f} MB"
