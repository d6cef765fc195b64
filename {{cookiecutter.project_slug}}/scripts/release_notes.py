"""`make release-notes TAG=v1.2.0`: what CHANGELOG.md says of a version."""

import argparse
import re
import sys
import tomllib
from pathlib import Path

from {{cookiecutter.module_name}} import constants

_SECTION = r"^## \[{version}\][^\n]*\n(.*?)(?=^## |^\[[^\]]+\]: |\Z)"


def release_notes(root: Path, tag: str) -> str:
    """The section's text; raises ValueError with the reason."""
    version = tag.removeprefix("v")
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    declared = project["project"]["version"]
    if not version == declared == constants.VERSION:
        raise ValueError(
            f"the tag says {version}, pyproject.toml {declared},"
            f" constants.py {constants.VERSION}; make them the same"
        )
    changes = (root / "CHANGELOG.md").read_text("utf-8")
    pattern = _SECTION.format(version=re.escape(version))
    found = re.search(pattern, changes, re.MULTILINE | re.DOTALL)
    notes = found[1].strip() if found else ""
    if not notes:
        raise ValueError(
            f"CHANGELOG.md says nothing of [{version}]; name what is under"
            " Unreleased so"
        )
    return notes + "\n"


def main(arguments: list[str] | None = None) -> int:
    """0 with the notes on standard output or in a file, 1 with a reason."""
    parser = argparse.ArgumentParser(prog="python -m scripts.release_notes")
    parser.add_argument("tag")
    parser.add_argument("--out", type=Path, help="a file instead of a screen")
    wanted = parser.parse_args(arguments)
    try:
        notes = release_notes(Path.cwd(), wanted.tag)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if wanted.out is None:
        sys.stdout.write(notes)
    else:
        wanted.out.write_text(notes, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
