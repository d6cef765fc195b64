"""`python -m scripts.docs`: writes docs/reference/, which git ignores."""

import sys
from pathlib import Path

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings import load_settings

from scripts.docs.reference import write
from scripts.rbac import quiet

FOLDER = Path("docs", "reference")


def main() -> int:
    """0 when all pages are written, 1 with one line of reason."""
    quiet()
    try:
        write(FOLDER, load_settings(None))
    except StartupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
