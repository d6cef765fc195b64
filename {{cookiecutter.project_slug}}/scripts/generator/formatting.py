"""Generated texts as the project's own rules want them."""

import ast
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from scripts.generator.finding import Finding, Refused

RULES = "pyproject.toml"


def shaped(root: Path, texts: Mapping[Path, str]) -> dict[Path, str]:
    """Sorted, formatted and checked; raises Refused.

    Works in a folder of its own, at the same relative paths, because rules
    differ by path.
    """
    with tempfile.TemporaryDirectory(prefix="generator-") as name:
        folder = Path(name)
        shutil.copy(root / RULES, folder)
        placed = {path: folder / path.relative_to(root) for path in texts}
        for path, place in placed.items():
            _parse(path.relative_to(root), texts[path])
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(texts[path], encoding="utf-8")
        for command in ("check --fix-only", "format", "check"):
            _ruff(folder, *command.split(), "--no-cache", "--quiet", ".")
        return {
            path: place.read_text(encoding="utf-8")
            for path, place in placed.items()
        }


def _parse(path: Path, text: str) -> None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        what = f"would have no Python in line {error.lineno} ({error.msg})"
        found = Finding(path.as_posix(), what, "take plainer names")
        raise Refused([found]) from None


def _ruff(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if "No module named ruff" in done.stderr:
        what = f"{sys.executable} has none"
        fix = "run `make setup`, then .venv/bin/python generate_ws_handler.py"
        raise Refused([Finding("ruff", what, fix)])
    if done.returncode:
        told = " ".join((done.stdout + done.stderr).split())
        what = f"would find fault ({told})"
        raise Refused([Finding("ruff", what, "take other names")])
