"""Lint and format the service's Python inside the template.

The service is rendered with the longest names that the hooks accept, ruff
runs there, and what it changed is written back with the placeholders in
place. Lines that are too long for the longest name are so already broken,
and ruff's trailing commas keep them broken for a short one.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from scripts.bake import LONGEST_MODULE, REPOSITORY, render
from scripts.bake import SERVICE as SERVICE_NAME

SERVICE = REPOSITORY / SERVICE_NAME
MODULE = "{{cookiecutter.module_name}}"
LONGEST = {"project_name": 50, "project_slug": 40, "__distribution": 40}
EXPRESSION = re.compile(r"\{\{\s*cookiecutter\.(\w+).*?\}\}")


class Placeholders:
    """Puts a long word in the place of each expression, and back."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}

    def fill(self, text: str) -> str:
        return EXPRESSION.sub(self._word, text)

    def restore(self, text: str) -> str:
        for expression, word in self._words.items():
            text = text.replace(word, expression)
        return text

    def _word(self, match: re.Match[str]) -> str:
        expression, variable = match.group(), match.group(1)
        if expression not in self._words:
            word = LONGEST_MODULE
            if variable != "module_name":
                word = f"zq{len(self._words)}".ljust(
                    LONGEST.get(variable, 20), "z"
                )
            self._words[expression] = word
        return self._words[expression]


def main() -> int:
    """Return 1 when ruff has findings that it cannot mend itself."""
    with tempfile.TemporaryDirectory() as folder:
        bake = _bake(Path(folder), LONGEST_MODULE)
        filled = Placeholders()
        before = {path: path.read_text() for path in SERVICE.rglob("*.py")}
        for source, text in before.items():
            _target(source, bake).write_text(filled.fill(text))
        checked = _ruff(bake, "check", "--fix", "--quiet")
        formatted = _ruff(bake, "format", "--quiet")
        changed = _write_back(bake, filled, before)
    print(f"{changed} files of the service changed")
    return checked or formatted or _check_short()


def _bake(folder: Path, module: str) -> Path:
    answers = {"module_name": module}
    return render(REPOSITORY, folder, answers, hooks=False)


def _target(source: Path, bake: Path) -> Path:
    path = source.relative_to(SERVICE).as_posix()
    target = bake / path.replace(MODULE, LONGEST_MODULE)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _write_back(
    bake: Path, filled: Placeholders, before: dict[Path, str]
) -> int:
    """Leave alone what somebody saved in the meantime."""
    changed = 0
    for source, old in sorted(before.items()):
        new = filled.restore(_target(source, bake).read_text())
        if new != old and source.read_text() == old:
            source.write_text(new)
            changed += 1
            print(f"formatted {source.relative_to(REPOSITORY)}")
    return changed


def _check_short() -> int:
    with tempfile.TemporaryDirectory() as folder:
        bake = _bake(Path(folder), "src")
        if _ruff(bake, "format", "--check", "--quiet"):
            print("These lines read otherwise with short names: reword them.")
            _ruff(bake, "format", "--diff", "--quiet")
            return 1
        return _ruff(bake, "check", "--quiet")


def _ruff(folder: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "ruff", *arguments, "."]
    return subprocess.run(command, cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
