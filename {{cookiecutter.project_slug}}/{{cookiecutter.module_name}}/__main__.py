"""`python -m {{cookiecutter.module_name}}` serves until SIGTERM or Ctrl-C."""

import sys
from collections.abc import Sequence

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.observability.logging import configure_logging
from {{cookiecutter.module_name}}.server import serve
from {{cookiecutter.module_name}}.settings import load_settings


def main(packages: Sequence[str] = ()) -> int:
    """Exit code: 0 after a clean end, 1 for what the user can mend.

    `packages` as in `create_app`.
    """
    try:
        settings = load_settings()
        configure_logging(settings)
        return serve(settings, packages=packages)
    except StartupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
